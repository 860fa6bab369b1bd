"""Say when a run's ledger is to be signed next: in the transaction that appends to it, in one statement.

At once where it must not wait, which is a run's start, its end, whatever comes after it, and what a person does; else
ten seconds after the first entry that is not signed, or when there are a thousand of them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from deliberation.events import ApprovalDecided, Event, RunOpened
from deliberation.vocabulary import ActorKind
from traces.projection.runs import TERMINAL
from traces.projection.states import RunState

PAUSE = dt.timedelta(seconds=10)
MOST_UNSIGNED = 1_000
PERSON = f"{ActorKind.USER.value}:"

PLAN = f"""
INSERT INTO traces_sealing AS known (run_id, size, urgent_size, sealed_size, due_at)
SELECT run_id, size, urgent_size, 0, due_at
  FROM unnest(%s::uuid[], %s::int8[], %s::int8[], %s::timestamptz[]) AS grown (run_id, size, urgent_size, due_at)
ON CONFLICT (run_id) DO UPDATE SET
  size = excluded.size,
  urgent_size = greatest(known.urgent_size, excluded.urgent_size),
  due_at = CASE WHEN excluded.size - known.sealed_size >= {MOST_UNSIGNED} THEN least(known.due_at, %s)
                ELSE least(known.due_at, excluded.due_at) END
"""


def plan_sealing(
    grown: Sequence[RunState], urgent: Collection[uuid.UUID], now: dt.datetime
) -> None:
    """Note that these runs have grown, some by what must not wait. The caller has locked their rows, in their order."""
    if not grown:
        return
    values = [
        (
            run.id,
            run.size,
            run.size if run.id in urgent else 0,
            now if run.id in urgent else now + PAUSE,
        )
        for run in grown
    ]
    with connection.cursor() as cursor:
        cursor.execute(PLAN, [*map(list, zip(*values, strict=True)), now])


def must_not_wait(run: RunState, entries: Iterable[tuple[str, Event]]) -> bool:
    """Return True when a run that grew by these entries (who reported it, and what) is to be signed at once."""
    return run.observed_state in TERMINAL or any(
        by.startswith(PERSON) or type(event) in (RunOpened, ApprovalDecided)
        for by, event in entries
    )
