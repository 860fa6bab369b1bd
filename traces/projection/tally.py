"""What one node adds to its run's sums. The sums move by the difference of two tallies, so no event recounts a run."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from deliberation.vocabulary import CostProvenance, Fate, NodeKind, NodeStatus
from traces.analytics.billing import adds_tokens, set_aside
from traces.analytics.signs import move_counts, signs_on
from traces.projection.states import COUNTERS, SUMS, NodeState, RunState

MODEL_CALL, TOOL_CALL = NodeKind.MODEL_CALL.value, NodeKind.TOOL_CALL.value
DISCARDED, SELECTED = Fate.DISCARDED.value, Fate.SELECTED.value
KEPT, FAILED = Fate.KEPT.value, Fate.FAILED.value
ERROR = NodeStatus.ERROR.value
"""Looked up once: a tally is taken after every event, and an enum's value is a call."""
WEAKNESS = [provenance.value for provenance in CostProvenance]


class Tally(NamedTuple):
    """One node's share: counts in the order of COUNTERS, amounts in the order of SUMS (None is unknown).

    `signs` are bits: how the run went about it, as far as the node tells.
    """

    counts: tuple[int, ...]
    amounts: tuple[int | Decimal | None, ...]
    signs: int = 0


NOTHING = Tally((0,) * len(COUNTERS), (None,) * len(SUMS))


def judge(node: NodeState) -> None:
    """Note whether the node's own amounts count, by what is known of it and of what hangs under it."""
    reason = set_aside(
        kind=node.kind,
        is_instrumented=node.instrumentation is not None,
        cost_basis=node.cost_basis,
        usage_below=node.usage_below,
        is_twin=node.twin_of is not None,
        is_replayed=node.recorded_seq is not None,
    )
    node.aside = reason.value if reason is not None and states_amounts(node) else None


def states_amounts(node: NodeState) -> bool:
    """Return True when the node itself states tokens or money."""
    return any(getattr(node, name) is not None for name in SUMS)


def tally(node: NodeState) -> Tally:
    """Return what this node adds to its run."""
    wraps_calls = node.calls_below and node.instrumentation is not None
    is_call = node.kind == MODEL_CALL and not wraps_calls and node.twin_of is None
    counts = (
        1,
        node.parent_id is not None and node.parent_ordinal is None,
        is_call,
        is_call and node.cost is None,
        node.kind == TOOL_CALL and node.twin_of is None,
        node.is_candidate,
        node.fate == DISCARDED,
        node.fate == SELECTED,
        node.fate == KEPT,
        node.fate == FAILED,
        node.status == ERROR,
    )
    signs = signs_on(node)
    if node.aside is not None:
        return Tally(counts, NOTHING.amounts, signs)
    if not adds_tokens(node.kind):
        return Tally(counts, (*NOTHING.amounts[:-1], node.cost), signs)
    return Tally(counts, tuple(getattr(node, name) for name in SUMS), signs)


def move(run: RunState, before: Tally, after: Tally) -> None:
    """Bring the run's sums from one tally of a node to the next."""
    for name, old, new in zip(COUNTERS, before.counts, after.counts, strict=True):
        if old != new:
            setattr(run, name, getattr(run, name) + new - old)
    if before.signs != after.signs:
        run.signs = move_counts(run.signs, before.signs, after.signs)
    for place, (was, now) in enumerate(zip(before.amounts, after.amounts, strict=True)):
        if was != now:
            _move_sum(run, place, was, now)


def _move_sum(
    run: RunState, place: int, was: int | Decimal | None, now: int | Decimal | None
) -> None:
    # Counted, because a sum to which nothing adds any more is unknown again, and not zero.
    stated = list(run.stated or [0] * len(SUMS))
    stated[place] += (now is not None) - (was is not None)
    run.stated = stated
    known = (getattr(run, SUMS[place]) or 0) + (now or 0) - (was or 0)
    setattr(run, SUMS[place], known if stated[place] > 0 else None)


def note_provenance(run: RunState, node: NodeState) -> None:
    """A sum is as strong as its weakest part.

    What is set aside weighs too: whether a node is comes out at the end of a pass, and a run's row must not depend on
    where passes end.
    """
    if node.cost is None:
        return
    known = run.cost_provenance
    if known is None or WEAKNESS.index(node.cost_provenance) > WEAKNESS.index(known):
        run.cost_provenance = node.cost_provenance
    run.price_table = node.price_table or run.price_table
