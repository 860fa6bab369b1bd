"""Where the events of an Inspect sample stand: spans and steps become nodes, the rest hang under them.

    since 0.3.9x  `span_begin` {id, parent_id, type, name} … `span_end` {id}; each event names its `span_id`
    before        `step` {action: begin | end, type, name}, nested by order alone; the events of a subtask and of a
                  tool stand inside it

A tool call comes as an event and as a span around what the tool did: one node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.importers.agent_run import node_id
from ingest.importers.inspect_shapes import events_in
from ingest.importers.iso_time import nanoseconds

Plain = Mapping[str, Any]
MAX_DEPTH = 6
"""Of events within a tool's or a subtask's; the ids of their nodes grow with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An event, its node and the node that it hangs under.

    `ended_at` is the end of a span or step, in ns. `span` is the span around what a tool call did.
    """

    event: Plain
    node: str
    parent: str
    ended_at: int | None = None
    span: Plain | None = None


@dataclass(slots=True, kw_only=True)
class Tree:
    """The placed events of a sample, or of one attempt at it, in order.

    `above` is node → the node over it; `calls` a tool call's id → its node; `spans` the number of spans that are part
    of a tool call's node.
    """

    placed: list[Placed] = field(default_factory=list)
    above: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    too_deep: int = 0

    def over(self, node: str) -> Iterator[str]:
        """Yield the nodes over a node, the nearest first."""
        seen = {node}
        while (node := self.above.get(node, "")) and node not in seen:
            seen.add(node)
            yield node

    def nearest(self, node: str, kind: str) -> str | None:
        """Return the nearest span or step of a type at or over a node."""
        return next(
            (each for each in (node, *self.over(node)) if self.labels.get(each, ("",))[0] == kind),
            None,
        )

    def add(self, placed: Placed) -> None:
        """Take an event in its place."""
        event = placed.event
        self.placed.append(placed)
        self.above.setdefault(placed.node, placed.parent)
        if event.get("event") == "tool" and isinstance(event.get("id"), str):
            self.calls[event["id"]] = placed.node
        elif event.get("event") in ("span_begin", "step"):
            self.labels[placed.node] = str(event.get("type")), str(event.get("name"))


def place(events: Sequence[Plain], root: str, prefix: str) -> Tree:
    """Return the events in their places; a node is called by its span's id, or by its event's place in the list."""
    tree = Tree()
    _place(tree, events, root, prefix, 0)
    return tree


def _place(tree: Tree, events: Sequence[Plain], root: str, prefix: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        tree.too_deep += len(events)
        return
    spans = _Spans(events, root, prefix)
    for index, inside in _nested(events):
        event, node = events[index], f"{prefix}{index}"
        kind, above = event.get("event"), root if inside is None else f"{prefix}{inside}"
        if kind == "span_begin":
            if spans.is_tools(event):
                continue
            node, above = spans.begin(event, node), spans.node(event.get("parent_id"))
        elif "span_id" in event:
            above = spans.node(event.get("span_id"))
        span = spans.of_tool.get(index, event.get("id") if kind == "span_begin" else None)
        tree.add(
            Placed(
                event=event,
                node=node,
                parent=above if above != node else root,
                ended_at=spans.steps.get(index) if kind == "step" else spans.end(span),
                span=spans.begun.get(spans.of_tool.get(index, "")),
            )
        )
        below = event.get("events")
        if isinstance(below, list) and below:
            _place(tree, events_in(below), node, f"{node}.", depth + 1)


def _nested(events: Sequence[Plain]) -> Iterator[tuple[int, int | None]]:
    """Yield the index of each event that is no end, with that of the step that it stands in."""
    open_steps: list[int] = []
    for index, event in enumerate(events):
        kind = event.get("event")
        if kind == "step" and event.get("action") == "end":
            del open_steps[-1:]
        elif kind != "span_end":
            yield index, open_steps[-1] if open_steps else None
            if kind == "step":
                open_steps.append(index)


class _Spans:
    """The spans and steps of a list of events: where they end, and which of them are around a tool call."""

    def __init__(self, events: Sequence[Plain], root: str, prefix: str) -> None:
        self._root = root
        self.begun: dict[str, Plain] = {}
        self.ends: dict[str, int] = {}
        self.steps: dict[int, int] = {}
        self.of_tool: dict[int, str] = {}
        self._read(events)
        self._pair(events)
        self._nodes = {span: f"{prefix}{index}" for index, span in self.of_tool.items()}

    def node(self, span: Any) -> str:
        """Return the node of a span; the root for one that does not begin here."""
        if not isinstance(span, str) or span not in self.begun:
            return self._root
        return self._nodes.get(span) or node_id("span:", span)

    def begin(self, event: Plain, place: str) -> str:
        """Return the node that a span's begin makes; of a second begin of one span, or one without id, its place."""
        own = event.get("id")
        is_first = isinstance(own, str) and self.begun.get(own) is event
        return node_id("span:", str(own)) if is_first else place

    def is_tools(self, event: Plain) -> bool:
        """Return True for the begin of a span around a tool call that is told as an event too."""
        own = event.get("id")
        return isinstance(own, str) and own in self._nodes and self.begun[own] is event

    def end(self, span: Any) -> int | None:
        """Return when a span ended, in ns."""
        return self.ends.get(span) if isinstance(span, str) else None

    def _read(self, events: Sequence[Plain]) -> None:
        open_steps: list[int] = []
        for index, event in enumerate(events):
            kind, own = event.get("event"), event.get("id")
            at = nanoseconds(event.get("timestamp"))
            if kind == "span_begin" and isinstance(own, str):
                self.begun.setdefault(own, event)
            elif kind == "span_end" and isinstance(own, str) and at is not None:
                self.ends[own] = at
            elif kind == "step" and event.get("action") == "begin":
                open_steps.append(index)
            elif kind == "step" and open_steps and at is not None:
                self.steps[open_steps.pop()] = at

    def _pair(self, events: Sequence[Plain]) -> None:
        """Find the span of each tool call: of its name, beside it, begun while it went on."""
        waiting: dict[tuple[str, str], list[str]] = defaultdict(list)
        for own, span in self.begun.items():
            if span.get("type") == "tool":
                waiting[str(span.get("parent_id")), str(span.get("name"))].append(own)
        for index, event in enumerate(events):
            if event.get("event") == "tool":
                beside = waiting[str(event.get("span_id")), str(event.get("function"))]
                found = next((own for own in beside if _within(self.begun[own], event)), None)
                if found is not None:
                    beside.remove(found)
                    self.of_tool[index] = found


def _within(span: Plain, call: Plain) -> bool:
    at, began = nanoseconds(span.get("timestamp")), nanoseconds(call.get("timestamp"))
    ended = nanoseconds(call.get("completed"))
    if at is None or began is None:
        return True
    return began <= at and (ended is None or at <= ended)
