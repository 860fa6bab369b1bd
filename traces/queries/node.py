"""One node with its texts, read from the ledger entries that speak of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from deliberation.ledger.parts import bytes_to_text
from deliberation.vocabulary import NodeKind
from traces.models import Node
from traces.queries.access import NotVisible, Who, is_storable, see_run
from traces.queries.columns import read_tree
from traces.queries.judges import conclude_judges
from traces.queries.ledger import read_entries, showable
from traces.queries.messages import Message, last_that_fit, parse_messages
from traces.queries.node_attributes import attribute_text
from traces.queries.node_edges import NodeEdge, OtherNode, edges_at, name_nodes
from traces.queries.node_facts import NodeFactsRead, gather
from traces.queries.removals import removals_of
from traces.queries.resources import resources_on
from traces.queries.rows import row_values
from traces.queries.tree_row import TreeRow
from traces.queries.verdicts import VerdictRow, verdicts_by, verdicts_on

TEXT_LIMIT = 64 * 1024
ATTRIBUTE_LIMIT = 4 * 1024
ATTRIBUTES_SHOWN = 500
MAX_PARSED_BYTES = 4_000_000
ENTRIES_AT_MOST = 2_000
BEGINNINGS = (b'{"', b"[{", b'["', b"[[")
"""Of JSON; prose begins with a bracket too."""

TOO_DEEP = "depth limit"
"""What the reader says of JSON that is well, and nested more than a thousand levels deep."""

CONVERSATIONS = ("input", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePart:
    """One text of a node. `media` is text, json or messages; `size_bytes` is of the whole text.

    `replaced` says that NUL characters or lone surrogates of the recorded bytes are shown as U+FFFD, `broken` that it
    begins like JSON and is none: cut by its source, or written wrongly.
    """

    name: str
    media: str
    text: str
    size_bytes: int
    truncated: bool
    replaced: bool
    broken: bool

    @property
    def chars(self) -> int:
        """How many characters of the text are shown."""
        return len(self.text)

    @property
    def flags(self) -> list[str]:
        """What a reader must know about the text, in words."""
        said = {"characters replaced": self.replaced, "cut or broken JSON": self.broken}
        return [words for words, holds in said.items() if holds]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One use of a tool. `resources` are the outside things it named: hosts, addresses, files."""

    name: str | None
    side_effect: str | None
    arguments: str | None
    result: str | None
    resources: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDetail(TreeRow):
    """A node whole. `entries` are the seqs of the ledger entries that speak of it.

    `attributes` are what the source said beyond the vocabulary, as text, cut to 4 KiB where texts are cut;
    `attribute_values` as they were recorded. `messages` are those that are shown, `gone` names the texts whose bytes
    are no more, and why: redacted, or lost. `named` are the nodes that it refers to and that are here, `project` is the
    slug of the run's.
    """

    parts: list[NodePart]
    messages: list[Message]
    gone: dict[str, str]
    attributes: dict[str, str]
    attribute_values: dict[str, Any]
    resources: list[str]
    tool_call: ToolCall | None
    gave: list[VerdictRow]
    edges: list[NodeEdge]
    named: dict[str, OtherNode]
    entries: list[int]
    project: str
    side_effect: str | None
    finish_reason: str | None
    response_id: str | None

    @property
    def first_attributes(self) -> list[tuple[str, str]]:
        """As many attributes as a page can bear."""
        return list(islice(self.attributes.items(), ATTRIBUTES_SHOWN))

    @property
    def has_error_text(self) -> bool:
        """Whether its error is among the texts, and not only a preview."""
        return self.part("error") is not None

    def part(self, name: str) -> NodePart | None:
        """Return the part of this name, if the node has it."""
        return next((part for part in self.parts if part.name == name), None)


def get_node(
    *, who: Who, run_id: str | uuid.UUID, node_id: str, text_limit: int | None = TEXT_LIMIT
) -> NodeDetail:
    """Return a node; texts longer than `text_limit` bytes are cut, with None they are whole. Raises NotVisible."""
    run = see_run(who, run_id)
    node = find_node(run.id, node_id)
    facts = _facts(run.id, node)
    spoken = {
        name: conversation_in(name, data)
        for name, data in facts.texts.items()
        if name in CONVERSATIONS
    }
    tree = read_tree(run)
    verdicts = conclude_judges(tree, verdicts_on(run.id, [node_id]).get(node_id, []))
    resources = resources_on(run.id, [node_id]).get(node_id, [])
    gave = verdicts_by(run.id, node_id) if node.kind == NodeKind.VERIFICATION else []
    referred = [node.parent_id, *(v.by_node for v in verdicts), *(v.node_id for v in gave)]
    return NodeDetail(
        **row_values(tree, node, verdicts),
        parts=[
            make_part(name, data, text_limit, is_spoken=bool(spoken.get(name)))
            for name, data in facts.texts.items()
        ],
        messages=[
            message
            for name in CONVERSATIONS
            for message in last_that_fit(spoken.get(name, []), text_limit)
        ],
        gone=facts.gone,
        attributes={
            name: cut_text(attribute_text(value), text_limit and ATTRIBUTE_LIMIT)
            for name, value in facts.attributes.items()
        },
        attribute_values=facts.attributes,
        resources=resources,
        tool_call=(
            tool_call_of(node.tool, facts, resources, text_limit)
            if node.kind == NodeKind.TOOL_CALL
            else None
        ),
        gave=gave,
        edges=edges_at(run.id, node_id),
        named=name_nodes(run.id, [each for each in referred if each is not None]),
        entries=node.entries,
        project=run.project.slug,
        side_effect=facts.words.get("side_effect"),
        finish_reason=facts.words.get("finish_reason"),
        response_id=facts.words.get("response_id"),
    )


def get_part(*, who: Who, run_id: str | uuid.UUID, node_id: str, part: str) -> bytes | None:
    """Return the recorded bytes of one part, whole, or None when the node has none. Raises NotVisible."""
    run = see_run(who, run_id)
    node = find_node(run.id, node_id)
    return _facts(run.id, node).texts.get(part)


def find_node(run_id: uuid.UUID, node_id: str) -> Node:
    """Return the row of a node. The caller has checked the run. Raises NotVisible."""
    if not is_storable(node_id):
        raise NotVisible
    node = Node.objects.filter(run_id=run_id, node_id=node_id).first()
    if node is None:
        raise NotVisible
    return node


def _facts(run_id: uuid.UUID, node: Node) -> NodeFactsRead:
    # A search that comes by for hours leaves many entries that say a number and no text: the first and last will do.
    seqs = node.entries
    if len(seqs) > ENTRIES_AT_MOST:
        seqs = [*seqs[: ENTRIES_AT_MOST // 2], *seqs[-ENTRIES_AT_MOST // 2 :]]
    entries = read_entries(run_id, seqs)
    has_gaps = any(data is None for entry in entries for data in entry.parts.values())
    return gather(entries, removals_of(run_id, seqs) if has_gaps else None)


def make_part(name: str, data: bytes, limit: int | None, *, is_spoken: bool = False) -> NodePart:
    """Return a part to show, cut to `limit` bytes, between two characters; `is_spoken` where it is a conversation."""
    shown = data if limit is None else data[: _character_end(data, limit)]
    whole_characters = bytes_to_text(shown)
    text = showable(whole_characters)
    media = "messages" if is_spoken else _media(data)
    return NodePart(
        name=name,
        media=media,
        text=text,
        size_bytes=len(data),
        truncated=len(shown) < len(data),
        replaced=text != whole_characters,
        broken=media == "text" and data[:2] in BEGINNINGS and len(data) <= MAX_PARSED_BYTES,
    )


def _character_end(data: bytes, limit: int) -> int:
    """Return the last place up to `limit` at which a character of UTF-8 begins."""
    while 0 < limit < len(data) and data[limit] & 0xC0 == 0x80:
        limit -= 1
    return limit


def _media(data: bytes) -> str:
    if data[:1] not in (b"{", b"[") or len(data) > MAX_PARSED_BYTES:
        return "text"
    try:
        orjson.loads(data)
    except ValueError as refused:
        return "json" if TOO_DEEP in str(refused) else "text"
    return "json"


def conversation_in(name: str, data: bytes) -> list[Message]:
    """Return the messages in a text, none where it is no conversation or larger than is parsed for a page."""
    if data[:1] not in (b"{", b"[") or len(data) > MAX_PARSED_BYTES:
        return []
    return parse_messages(name, showable(bytes_to_text(data)))


def cut_text(text: str, limit: int | None) -> str:
    """Return a text of at most `limit` characters, with a mark where it was cut."""
    return text if limit is None or len(text) <= limit else f"{text[:limit]}…"


def tool_call_of(
    tool: str | None, facts: NodeFactsRead, resources: list[str], limit: int | None
) -> ToolCall:
    """Return what a tool was given and gave back, each cut to `limit` bytes."""
    given, returned = (
        make_part(name, facts.texts[name], limit).text if name in facts.texts else None
        for name in CONVERSATIONS
    )
    return ToolCall(
        name=tool,
        side_effect=facts.words.get("side_effect"),
        arguments=given,
        result=returned,
        resources=resources,
    )
