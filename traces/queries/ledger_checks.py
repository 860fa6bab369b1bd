"""What the nightly checks of the ledgers found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from traces.audit.difference import Difference
from traces.models import LedgerCheck, Run
from traces.queries.access import Who, as_viewer

NEWEST = 14
OVERDUE = dt.timedelta(hours=36)
"""A check is nightly: without one for so long, nobody checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check. `seen` are differences in runs that the asker may see, `hidden` how many there are in others."""

    started_at: dt.datetime
    ended_at: dt.datetime | None
    runs: int
    entries: int
    bytes: int
    differing_runs: int
    seen: list[Difference]
    hidden: int


def list_checks(*, who: Who) -> list[CheckRow]:
    """Return the newest checks, the newest first."""
    return [_row(check, who) for check in LedgerCheck.objects.order_by("-id")[:NEWEST]]


def last_check() -> LedgerCheck | None:
    """Return the last check that came to its end."""
    return LedgerCheck.objects.filter(ended_at__isnull=False).order_by("-id").first()


def is_overdue(*, now: dt.datetime) -> bool:
    """Whether no check came to its end lately, though there are runs that are older than that."""
    last = last_check()
    if last is not None and last.ended_at is not None:
        return now - last.ended_at > OVERDUE
    return Run.objects.filter(size__gt=0, heard_at__lt=now - OVERDUE).exists()


def _row(check: LedgerCheck, who: Who) -> CheckRow:
    told = [Difference(*each) for each in check.differences]
    visible = {
        str(run_id)
        for run_id in Run.objects.filter(
            id__in={each.run for each in told}, project_id__in=as_viewer(who).project_ids
        ).values_list("id", flat=True)
    }
    seen = [each for each in told if each.run in visible]
    return CheckRow(
        started_at=check.started_at,
        ended_at=check.ended_at,
        runs=check.runs,
        entries=check.entries,
        bytes=check.bytes,
        differing_runs=check.differing_runs,
        seen=seen,
        hidden=len(told) - len(seen),
    )
