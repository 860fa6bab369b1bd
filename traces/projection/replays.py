"""What the words of a program that repeats another run do to rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.events import Event, ReplayDiverged, ReplayEnded, ValueDrawn
from traces.projection.reach import Reach
from traces.projection.states import NodeState, RunState
from traces.projection.tables import DIVERGENCES, DRAWS
from traces.projection.texts import fact


def apply_draw(reach: Reach, run: RunState, event: ValueDrawn, seq: int) -> None:
    """Fold a draw: a row of its own, and a node that is spoken of exists."""
    _place(reach, run, event.node, seq)
    values = {
        "run_id": run.id,
        "seq": seq,
        "call_key": event.call_key,
        "call_sort": event.call_sort.value,
        "stream": fact(event.stream),
        "node_id": event.node,
        "recorded_seq": event.recorded_seq,
    }
    reach.draws.append(tuple(values[column] for column in DRAWS.columns))


def apply_divergence(reach: Reach, run: RunState, event: ReplayDiverged, seq: int) -> None:
    """Fold a difference that a replay met; both sides of it stand in the ledger."""
    _place(reach, run, event.node, seq)
    values = {
        "run_id": run.id,
        "seq": seq,
        "difference": event.difference.value,
        "call_sort": event.call_sort.value,
        "call_key": event.call_key,
        "name": fact(event.name),
        "recorded_key": event.recorded_key,
        "recorded_seq": event.recorded_seq,
        "node_id": event.node,
        "then": event.then.value,
    }
    reach.divergences.append(tuple(values[column] for column in DIVERGENCES.columns))


def apply_count(reach: Reach, run: RunState, event: ReplayEnded, seq: int) -> None:
    """Fold nothing: what a program counts of its own replay is only its word."""


def note_begin(run: RunState, node: NodeState, seq: int) -> None:
    """Note where a node of a program begins: an approval, which comes by another door, may name it before."""
    if run.entry_point is not None and node.begun_seq is None:
        node.begun_seq = seq


def _place(reach: Reach, run: RunState, node_id: str | None, seq: int) -> None:
    if node_id is not None:
        reach.node(run, node_id, seq)


APPLY: dict[type[Event], Callable[[Reach, RunState, Any, int], None]] = {
    ValueDrawn: apply_draw,
    ReplayDiverged: apply_divergence,
    ReplayEnded: apply_count,
}
"""What each kind does."""
