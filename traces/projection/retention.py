"""What legal holds, the requests under them and removals do to rows.

The actions check before they record: here nothing is refused, and what does not fit changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.events import (
    Event,
    LegalHoldLifted,
    LegalHoldPlaced,
    RemovalAsked,
    RemovalClosed,
)
from traces.projection import removals
from traces.projection.reach import Reach
from traces.projection.retention_rows import LegalHoldState, RequestState
from traces.projection.states import RunState
from traces.projection.texts import cut, fact


def apply_placing(reach: Reach, run: RunState, event: LegalHoldPlaced, seq: int) -> None:
    """Fold a hold; the same id again is the same hold."""
    key = (run.id, event.legal_hold)
    if key in reach.retention.holds:
        return
    reach.retention.holds[key] = LegalHoldState(
        run_id=run.id,
        hold_id=event.legal_hold,
        seq=seq,
        by=fact(event.by),
        reason=_whole(event.reason),
        placed_ns=event.at,
    )
    reach.retention.touched.add(key)


def apply_lifting(reach: Reach, run: RunState, event: LegalHoldLifted, seq: int) -> None:
    """Fold that a hold is no more."""
    hold = reach.retention.holds.get((run.id, event.legal_hold))
    if hold is None or hold.lifted_seq is not None:
        return
    hold.lifted_seq, hold.lifted_ns = seq, event.at
    hold.lifted_by, hold.lifted_agreed_by = fact(event.by), fact(event.agreed_by)
    reach.retention.touched.add((run.id, event.legal_hold))


def apply_asking(reach: Reach, run: RunState, event: RemovalAsked, seq: int) -> None:
    """Fold a request; the same id again is the same request."""
    key = (run.id, event.request)
    if key in reach.retention.requests:
        return
    reach.retention.requests[key] = RequestState(
        run_id=run.id,
        request_id=event.request,
        seq=seq,
        what=event.what.value,
        entry=event.entry,
        part=fact(event.part),
        everywhere=event.everywhere,
        rule=event.rule and event.rule.value,
        basis=fact(event.basis),
        hold_id=event.legal_hold,
        reason=_whole(event.reason),
        by=fact(event.by),
        asked_ns=event.at,
    )
    reach.retention.touched.add(key)


def apply_closing(reach: Reach, run: RunState, event: RemovalClosed, seq: int) -> None:
    """Fold what became of a request. The first word stands."""
    request = reach.retention.requests.get((run.id, event.request))
    if request is None or request.outcome is not None:
        return
    request.outcome, request.closed_by = event.outcome.value, fact(event.by)
    request.closed_ns = event.at
    reach.retention.touched.add((run.id, event.request))


def _whole(text: str | None) -> str | None:
    return None if text is None else cut(text, len(text))


APPLY: dict[type[Event], Callable[[Reach, RunState, Any, int], None]] = {
    **removals.APPLY,
    LegalHoldPlaced: apply_placing,
    LegalHoldLifted: apply_lifting,
    RemovalAsked: apply_asking,
    RemovalClosed: apply_closing,
}
"""What each kind does."""
