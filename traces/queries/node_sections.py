"""A node's texts as a page tells them: what went in, the reasoning, and what came out, each apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from deliberation.vocabulary import NodeKind
from traces.analytics.json_outline import Members, read_members
from traces.queries.messages import Message
from traces.queries.node import NodeDetail, NodePart
from traces.queries.opaque import Opaque, opaque_reasoning, opaque_step, opaque_text, sealed
from traces.queries.verdicts import VerdictRow

FOLDED_BYTES = 64 * 1024
"""JSON up to here is folded at once, larger on request."""

OF_VERDICTS = ("rationale:", "evidence:")
OF_TOOLS = {"input": "arguments", "output": "result"}
READ = ("input", "reasoning", "text", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of a node's texts. `earlier` messages come before those that are shown; `opaque` is what cannot be read.

    `outline` is JSON to fold. A section without `part` has none of its own: its words stand in another's messages.
    """

    name: str
    title: str
    part: NodePart | None = None
    messages: list[Message] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)
    outline: Members | None = None
    earlier: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether it is shown as text, and neither as messages nor folded."""
        return self.part is not None and self.part.media != "messages" and self.outline is None

    @property
    def may_fold(self) -> bool:
        """Whether it is JSON that is folded on request."""
        return self.part is not None and self.part.media == "json" and self.outline is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with its rationale and evidence whole, where they are recorded at this node."""

    verdict: VerdictRow
    texts: list[Section]


def judgements_of(node: NodeDetail) -> list[Judgement]:
    """Return what was said of the node, each verdict with its texts."""
    return [
        Judgement(
            verdict=verdict,
            texts=[
                _of_part(part, name.removesuffix(":"))
                for name in OF_VERDICTS
                if (part := node.part(f"{name}{verdict.seq}")) is not None
            ],
        )
        for verdict in node.verdicts
    ]


def sections_of(node: NodeDetail) -> list[Section]:
    """Return the sections in the order in which they are read; rationales and evidence stand with their verdicts."""
    others = [
        part
        for part in node.parts
        if part.name not in READ and not part.name.startswith(OF_VERDICTS)
    ]
    read = [
        _conversation(node, "input"),
        _reasoning(node),
        _plain(node, "text"),
        _conversation(node, "output"),
    ]
    latent = opaque_step(node)
    step = Section(name="latent", title="latent", opaque=[latent]) if latent else None
    told = [each for each in (step, *read) if each is not None]
    return [*told, *(_of_part(part) for part in others)]


def _of_part(part: NodePart, title: str | None = None) -> Section:
    folds = part.media == "json" and part.size_bytes <= FOLDED_BYTES
    text = part.text.lstrip()
    skipped = len(part.text) - len(text)
    return Section(
        name=part.name,
        title=title or part.name,
        part=part,
        outline=read_members(part.text, skipped + 1, len(part.text)) if folds else None,
    )


def _plain(node: NodeDetail, name: str) -> Section | None:
    part = node.part(name)
    return None if part is None else _of_part(part)


def _conversation(node: NodeDetail, name: str) -> Section | None:
    part = node.part(name)
    title = OF_TOOLS.get(name, name) if node.kind == NodeKind.TOOL_CALL else name
    if part is None:
        missing = opaque_text(node, name)
        return Section(name=name, title=title, opaque=[missing]) if missing else None
    section = _of_part(part, title)
    if part.media != "messages":
        return section
    told = [each for each in node.messages if each.direction == name]
    return replace(
        section,
        messages=_without_reasoning(told) if name == "output" else told,
        earlier=told[0].number if told else 0,
    )


def _reasoning(node: NodeDetail) -> Section | None:
    """What it thought: a text of its own, else the reasoning in its messages; and what of it cannot be read."""
    part = node.part("reasoning")
    thoughts = list(_thoughts(node))
    opaque = [
        sealed("reasoning", each.hidden)
        for message in thoughts
        for each in message.parts
        if each.hidden is not None
    ]
    readable = sum(len(each.text) for message in thoughts for each in message.parts)
    readable = max(readable, part.size_bytes if part else 0)
    billed = opaque_reasoning(node, readable)
    if billed is not None:
        why = "; ".join(each.told for each in opaque)
        opaque = [replace(billed, why=why or billed.why)]
    if part is None and not thoughts and not opaque:
        return None
    section = Section(name="reasoning", title="reasoning", opaque=opaque)
    if part is not None:
        return replace(_of_part(part, "reasoning"), opaque=opaque)
    return replace(section, messages=[each for each in thoughts if any(p.text for p in each.parts)])


def _thoughts(node: NodeDetail) -> Iterator[Message]:
    for message in node.messages:
        thought = [part for part in message.parts if part.kind == "reasoning"]
        if message.direction == "output" and thought:
            yield replace(message, parts=thought, ended=None)


def _without_reasoning(messages: list[Message]) -> list[Message]:
    said = [
        replace(message, parts=[part for part in message.parts if part.kind != "reasoning"])
        for message in messages
    ]
    return [message for message in said if message.parts or message.ended or message.left]
