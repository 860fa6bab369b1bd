"""What one node adds to its run's sums. The sums move by the difference of two tallies, so no event recounts a run."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from deliberation.vocabulary import CostProvenance, Fate, NodeKind, NodeStatus
from traces.analytics.billing import is_billable
from traces.projection.states import COUNTERS, SUMS, NodeState, RunState

WEAKNESS = [provenance.value for provenance in CostProvenance]


class Tally(NamedTuple):
    """One node's share: counts in the order of COUNTERS, amounts in the order of SUMS (None is unknown)."""

    counts: tuple[int, ...]
    amounts: tuple[int | Decimal | None, ...]


NOTHING = Tally((0,) * len(COUNTERS), (None,) * len(SUMS))


def tally(node: NodeState) -> Tally:
    """Return what this node adds to its run."""
    is_call = node.kind == NodeKind.MODEL_CALL.value
    counts = (
        1,
        node.parent_id is not None and node.parent_ordinal is None,
        is_call,
        is_call and node.cost is None,
        node.kind == NodeKind.TOOL_CALL.value,
        node.is_candidate,
        node.fate == Fate.DISCARDED.value,
        node.fate == Fate.SELECTED.value,
        node.fate == Fate.KEPT.value,
        node.fate == Fate.FAILED.value,
        node.status == NodeStatus.ERROR.value,
    )
    if not is_billable(node.kind, node.cost_basis):
        return Tally(counts, NOTHING.amounts)
    return Tally(counts, tuple(getattr(node, name) for name in SUMS))


def move(run: RunState, before: Tally, after: Tally) -> None:
    """Bring the run's sums from one tally of a node to the next."""
    for name, old, new in zip(COUNTERS, before.counts, after.counts, strict=True):
        if old != new:
            setattr(run, name, getattr(run, name) + new - old)
    for name, was, now in zip(SUMS, before.amounts, after.amounts, strict=True):
        if was != now:
            setattr(run, name, (getattr(run, name) or 0) + (now or 0) - (was or 0))


def note_provenance(run: RunState, node: NodeState) -> None:
    """A sum is as strong as its weakest part."""
    if node.cost is None or not is_billable(node.kind, node.cost_basis):
        return
    known = run.cost_provenance
    if known is None or WEAKNESS.index(node.cost_provenance) > WEAKNESS.index(known):
        run.cost_provenance = node.cost_provenance
    run.price_table = node.price_table or run.price_table
