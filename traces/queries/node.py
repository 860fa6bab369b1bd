"""One node with its texts, read from the ledger entries that speak of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from django.db.models import Q

from deliberation.ledger.parts import bytes_to_text
from deliberation.vocabulary import NodeKind
from traces.models import Edge, Node
from traces.queries.access import NotVisible, Who, is_storable, see_run
from traces.queries.columns import read_tree
from traces.queries.judges import conclude_judges
from traces.queries.ledger import read_entries, showable
from traces.queries.messages import Message, last_that_fit, parse_messages
from traces.queries.node_attributes import attribute_text
from traces.queries.node_facts import NodeFactsRead, gather
from traces.queries.resources import resources_on
from traces.queries.rows import row_values
from traces.queries.tree_row import TreeRow
from traces.queries.verdicts import VerdictRow, verdicts_by, verdicts_on

TEXT_LIMIT = 64 * 1024
ATTRIBUTE_LIMIT = 4 * 1024
ATTRIBUTES_SHOWN = 500
MAX_PARSED_BYTES = 4_000_000
EDGES_AT_MOST = 500
ENTRIES_AT_MOST = 2_000
BEGINNINGS = (b'{"', b"[{", b'["', b"[[")
"""Of JSON; prose begins with a bracket too."""

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
class NodeEdge:
    """An edge at this node; `target` is the node at the other end, whichever way it points."""

    kind: str
    target: str
    is_outgoing: bool
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDetail(TreeRow):
    """A node whole. `entries` are the seqs of the ledger entries that speak of it.

    `attributes` are what the source said beyond the vocabulary, as text, cut to 4 KiB where texts are cut;
    `attribute_values` as they were recorded.
    """

    parts: list[NodePart]
    messages: list[Message]
    attributes: dict[str, str]
    attribute_values: dict[str, Any]
    resources: list[str]
    tool_call: ToolCall | None
    gave: list[VerdictRow]
    edges: list[NodeEdge]
    entries: list[int]
    side_effect: str | None
    finish_reason: str | None
    response_id: str | None

    @property
    def first_attributes(self) -> list[tuple[str, str]]:
        """As many attributes as a page can bear."""
        return list(islice(self.attributes.items(), ATTRIBUTES_SHOWN))

    def part(self, name: str) -> NodePart | None:
        """Return the part of this name, if the node has it."""
        return next((part for part in self.parts if part.name == name), None)


def get_node(
    *, who: Who, run_id: str | uuid.UUID, node_id: str, text_limit: int | None = TEXT_LIMIT
) -> NodeDetail:
    """Return a node; texts longer than `text_limit` bytes are cut, with None they are whole. Raises NotVisible."""
    run = see_run(who, run_id)
    node = _find(run.id, node_id)
    facts = _facts(run.id, node)
    tree = read_tree(run)
    verdicts = conclude_judges(tree, verdicts_on(run.id, [node_id]).get(node_id, []))
    resources = resources_on(run.id, [node_id]).get(node_id, [])
    return NodeDetail(
        **row_values(tree, node, verdicts),
        parts=[make_part(name, data, text_limit) for name, data in facts.texts.items()],
        messages=_messages(facts, text_limit),
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
        gave=verdicts_by(run.id, node_id) if node.kind == NodeKind.VERIFICATION else [],
        edges=_edges(run.id, node_id),
        entries=node.entries,
        side_effect=facts.words.get("side_effect"),
        finish_reason=facts.words.get("finish_reason"),
        response_id=facts.words.get("response_id"),
    )


def get_part(*, who: Who, run_id: str | uuid.UUID, node_id: str, part: str) -> bytes | None:
    """Return the recorded bytes of one part, whole, or None when the node has none. Raises NotVisible."""
    run = see_run(who, run_id)
    node = _find(run.id, node_id)
    return _facts(run.id, node).texts.get(part)


def _find(run_id: uuid.UUID, node_id: str) -> Node:
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
    return gather(read_entries(run_id, seqs))


def make_part(name: str, data: bytes, limit: int | None) -> NodePart:
    """Return a part to show, cut to `limit` bytes."""
    shown = data if limit is None else data[:limit]
    whole_characters = shown.decode(
        "utf-8", "surrogatepass" if len(shown) == len(data) else "ignore"
    )
    text = showable(whole_characters)
    media = _media(name, data)
    return NodePart(
        name=name,
        media=media,
        text=text,
        size_bytes=len(data),
        truncated=len(shown) < len(data),
        replaced=text != whole_characters,
        broken=media == "text" and data[:2] in BEGINNINGS and len(data) <= MAX_PARSED_BYTES,
    )


def _media(name: str, data: bytes) -> str:
    if data[:1] not in (b"{", b"[") or len(data) > MAX_PARSED_BYTES:
        return "text"
    text = bytes_to_text(data)
    if name in CONVERSATIONS and len(data) <= TEXT_LIMIT and parse_messages(name, text):
        return "messages"
    try:
        orjson.loads(data)
    except ValueError:
        return "text"
    return "json"


def _messages(facts: NodeFactsRead, limit: int | None) -> list[Message]:
    found: list[Message] = []
    for name in CONVERSATIONS:
        if name in facts.texts:
            text = showable(bytes_to_text(facts.texts[name]))
            found += last_that_fit(parse_messages(name, text), limit)
    return found


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


def _edges(run_id: uuid.UUID, node_id: str) -> list[NodeEdge]:
    touching = Q(source=node_id) | Q(target=node_id)
    found = Edge.objects.filter(touching, run_id=run_id).order_by("seq")[:EDGES_AT_MOST]
    return [
        NodeEdge(
            kind=edge.kind,
            target=edge.target if edge.source == node_id else edge.source,
            is_outgoing=edge.source == node_id,
            seq=edge.seq,
        )
        for edge in found
    ]
