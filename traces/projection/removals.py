"""What is kept of an entry that took texts away. That they are gone shows in the other rows by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.events import ContentExpired, Event, PartRedacted
from traces.models.removal import EXPIRED, REDACTED
from traces.projection.reach import Reach
from traces.projection.states import RunState
from traces.projection.tables import REMOVALS
from traces.projection.texts import cut, fact


def apply_redaction(reach: Reach, run: RunState, event: PartRedacted, seq: int) -> None:
    """Fold that one text is gone."""
    _keep(
        reach,
        run,
        event,
        seq,
        kind=REDACTED,
        entry=event.entry,
        part=fact(event.part),
        rule=event.rule.value if event.rule else None,
        basis=fact(event.basis),
    )


def apply_expiry(reach: Reach, run: RunState, event: ContentExpired, seq: int) -> None:
    """Fold that all texts up to an entry are gone."""
    _keep(reach, run, event, seq, kind=EXPIRED, entry=event.before, policy=fact(event.policy))


def _keep(
    reach: Reach, run: RunState, event: PartRedacted | ContentExpired, seq: int, **values: Any
) -> None:
    row = {
        "run_id": run.id,
        "seq": seq,
        "by": fact(event.by),
        "agreed_by": fact(event.agreed_by),
        "reason": None if event.reason is None else cut(event.reason, len(event.reason)),
        "said_ns": event.at,
        **values,
    }
    reach.removals.append(tuple(row.get(column) for column in REMOVALS.columns))


APPLY: dict[type[Event], Callable[[Reach, RunState, Any, int], None]] = {
    PartRedacted: apply_redaction,
    ContentExpired: apply_expiry,
}
"""What each kind does."""
