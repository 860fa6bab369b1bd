"""One node with its texts, read from the ledger entries that speak of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.queries.access import Who
from traces.queries.tree import TreeRow

TEXT_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePart:
    """One text of a node. `media` is text, json or messages; `size_bytes` is of the whole text.

    `replaced` says that NUL characters or lone surrogates of the recorded bytes are shown as U+FFFD.
    """

    name: str
    media: str
    text: str
    size_bytes: int
    truncated: bool
    replaced: bool

    @property
    def flags(self) -> list[str]:
        """What a reader must know about the text, in words."""
        return ["characters replaced"] if self.replaced else []


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """One piece of a message; `kind` is text, tool_call, tool_call_response, reasoning, or the source's word."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; `direction` is input or output."""

    direction: str
    role: str
    parts: list[MessagePart]


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
    """A node whole. `entries` are the seqs of the ledger entries that speak of it."""

    parts: list[NodePart]
    messages: list[Message]
    attributes: dict[str, str]
    tool_call: ToolCall | None
    edges: list[NodeEdge]
    entries: list[int]
    side_effect: str | None
    finish_reason: str | None
    response_id: str | None

    def part(self, name: str) -> NodePart | None:
        """Return the part of this name, if the node has it."""
        return next((part for part in self.parts if part.name == name), None)


def get_node(
    *, who: Who, run_id: str | uuid.UUID, node_id: str, text_limit: int | None = TEXT_LIMIT
) -> NodeDetail:
    """Return a node; texts longer than `text_limit` bytes are cut, with None they are whole. Raises NotVisible."""
    raise NotImplementedError


def get_part(*, who: Who, run_id: str | uuid.UUID, node_id: str, part: str) -> bytes | None:
    """Return the recorded bytes of one part, whole, or None when the node has none. Raises NotVisible."""
    raise NotImplementedError


def get_part_text(*, who: Who, run_id: str | uuid.UUID, node_id: str, part: str) -> str | None:
    """Return the text of one part, whole, with U+FFFD for what cannot be shown. Raises NotVisible."""
    raise NotImplementedError
