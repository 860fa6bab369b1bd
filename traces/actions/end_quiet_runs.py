"""End quiet runs: what says nothing for long, and never reported an end, is taken to be over.

Guarantee: each inference is an entry in the run's ledger (`run.quieted`), made under the run's lock after a second
look, so that two at once infer once, and a fact that arrives meanwhile wins. Dying half-way leaves the rest for the
next time. A run is not ended twice over one silence, and a rebuild repeats what was inferred.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from deliberation.events import RunQuieted
from deliberation.events.server_made import QUIET_KEY
from deliberation.vocabulary import SilenceCause
from traces.actions.record import Report, record, report_on
from traces.actions.run_rows import lock_runs
from traces.live.publish import RunChange
from traces.models import LedgerEntry, Run
from traces.models.run import FOREIGN, WORKING_STATES
from traces.projection.states import RunState

BY = "server:silence"
PORTION = 200
"""Runs in one transaction, and how many rows are locked at once."""
MAX_PORTIONS = 20
"""Of one sweep: about five seconds of a worker. What is left is found by the next one."""
Randbytes = Callable[[int], bytes]

LATEST = """
SELECT run_id, max(greatest(started_ns, ended_ns)) FROM traces_node
WHERE run_id = ANY(%s) GROUP BY run_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why runs are taken to be over, and which: those that nothing was recorded of since `heard_before`."""

    cause: SilenceCause
    heard_before: dt.datetime | None = None
    quiet_seconds: int | None = None


def end_quiet_runs(
    *, quiet_seconds: int, heard_until: dt.datetime, now_ns: int, randbytes: Randbytes
) -> tuple[RunChange, ...]:
    """End the runs that said nothing in the `quiet_seconds` up to `heard_until`; return those that were ended.

    `heard_until` is the moment up to which all that was received has been recorded: what still waits may break a
    silence.
    """
    silence = Silence(
        cause=SilenceCause.QUIET,
        heard_before=heard_until - dt.timedelta(seconds=quiet_seconds),
        quiet_seconds=quiet_seconds,
    )
    changes: list[RunChange] = []
    after = uuid.UUID(int=0)
    for _ in range(MAX_PORTIONS):
        quiet = _among(Run.objects.filter(ended_by_quiet(), id__gt=after), silence)
        found = list(quiet.order_by("id").values_list("id", flat=True)[:PORTION])
        changes += _end(found, ended_by_quiet(), silence, now_ns, randbytes)
        if len(found) < PORTION:
            break
        after = found[-1]
    return tuple(changes)


def end_read_runs(
    *, run_ids: Iterable[uuid.UUID], now_ns: int, randbytes: Randbytes
) -> tuple[RunChange, ...]:
    """End those of the imported runs whose files were read to the end and told of none."""
    silence = Silence(cause=SilenceCause.FILE_READ)
    ordered = sorted(set(run_ids))
    changes: list[RunChange] = []
    for start in range(0, len(ordered), PORTION):
        portion = ordered[start : start + PORTION]
        found = list(
            Run.objects.filter(ended_by_file(), id__in=portion).values_list("id", flat=True)
        )
        changes += _end(found, ended_by_file(), silence, now_ns, randbytes)
    return tuple(changes)


def ended_by_quiet() -> Q:
    """Say which runs end by silence: those at work, of programs that no lease tells of.

    What a file tells of happened long ago, and is over when the file has been read.
    """
    return Q(observed_state__in=WORKING_STATES, size__gt=0, attempt=0) & ~Q(
        source__in=["import", FOREIGN]
    )


def ended_by_file() -> Q:
    """Say which runs end with their file: those that came out of files alone and are not said to have ended."""
    return Q(observed_state__in=WORKING_STATES, size__gt=0, source="import")


def _among(runs: QuerySet[Run], silence: Silence) -> QuerySet[Run]:
    """Return those of the runs that have been silent."""
    if silence.heard_before is None:
        return runs
    # Rows from before there was this column have their moment in the ledger.
    entries = LedgerEntry.objects.filter(run_id=OuterRef("id"), seq=OuterRef("size") - 1)
    heard = Coalesce("heard_at", Subquery(entries.values("recorded_at")))
    return runs.alias(heard=heard).filter(heard__lt=silence.heard_before)


def _end(
    found: Sequence[uuid.UUID], rule: Q, silence: Silence, now_ns: int, randbytes: Randbytes
) -> tuple[RunChange, ...]:
    if not found:
        return ()
    with transaction.atomic():
        locked = lock_runs(sorted(found))
        # Once more, now that nothing can be added: a fact, or another sweep, may have been quicker.
        still = _among(Run.objects.filter(rule, id__in=locked), silence)
        runs = [locked[run_id] for run_id in still.values_list("id", flat=True)]
        latest = _latest_times([run.id for run in runs])
        reports = [_report(run, latest.get(run.id), silence, now_ns) for run in runs]
        now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
        return record(reports=reports, now=now, randbytes=randbytes).changes


def _latest_times(run_ids: list[uuid.UUID]) -> dict[uuid.UUID, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [run_ids])
        return dict(cursor.fetchall())


def _report(run: RunState, latest: int | None, silence: Silence, now_ns: int) -> Report:
    event = RunQuieted(
        run=str(run.id),
        key=f"{QUIET_KEY}{run.size}",
        at=now_ns,
        cause=silence.cause,
        quiet_seconds=silence.quiet_seconds,
        ended_at=latest if latest is not None else run.started_ns,
    )
    return report_on(run, [event], by=BY, now_ns=now_ns)
