"""Note who looks at which run, without costing the page anything: in memory, written by a thread every two seconds.

What a crash, or the end of a process, loses: what was seen in the last two seconds. At most MOST_WAITING rows wait, and
what comes on top is not noted, which the log says.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
import uuid

from django.conf import settings
from django.db import DatabaseError, connection, connections

from traces.models import AccessTally
from traces.models.access_tally import Way

MOST_WAITING = 10_000
Key = tuple[uuid.UUID, str, str, dt.date]
log = logging.getLogger(__name__)

WRITE = """
INSERT INTO traces_accesstally (project_id, run_id, by, way, day, times, first_at, last_at)
SELECT run.project_id, seen.run_id, seen.by, seen.way, seen.day, seen.times, seen.first_at, seen.last_at
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::int8[], %s::timestamptz[], %s::timestamptz[])
  AS seen (run_id, by, way, day, times, first_at, last_at)
JOIN traces_run AS run ON run.id = seen.run_id
ORDER BY seen.run_id, seen.by, seen.way, seen.day
ON CONFLICT (run_id, by, way, day) DO UPDATE SET times = traces_accesstally.times + EXCLUDED.times,
  first_at = least(traces_accesstally.first_at, EXCLUDED.first_at),
  last_at = greatest(traces_accesstally.last_at, EXCLUDED.last_at)"""


class _Seen:
    """What was seen and is not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rows: dict[Key, tuple[int, dt.datetime, dt.datetime]] = {}
        self.is_writing = False

    def add(self, key: Key, now: dt.datetime) -> bool:
        """Count one; return whether somebody is to be sent to write."""
        with self.lock:
            known = self.rows.get(key)
            if known is None and len(self.rows) >= MOST_WAITING:
                log.warning("access log: %s waiting, more is not noted", MOST_WAITING)
                return False
            times, first = (0, now) if known is None else known[:2]
            self.rows[key] = (times + 1, first, now)
            is_asked, self.is_writing = not self.is_writing, True
            return is_asked

    def take(self) -> dict[Key, tuple[int, dt.datetime, dt.datetime]]:
        """Hand over what waits."""
        with self.lock:
            taken, self.rows = self.rows, {}
            self.is_writing = False
            return taken


_seen = _Seen()


def note_access(run_id: uuid.UUID | str, *, by: str, way: Way) -> None:
    """Note that somebody saw something of a run. Never raises, never waits for the database."""
    now = dt.datetime.now(dt.UTC)
    try:
        key = (uuid.UUID(str(run_id)), by, way.value, now.date())
    except ValueError:
        return
    if _seen.add(key, now) and settings.ACCESS_LOG_PAUSE_SECONDS:
        threading.Thread(target=_write_soon, name="access log", daemon=True).start()


def write_accesses() -> int:
    """Write what waits; return how many rows that were. What cannot be written is lost, and the log says so."""
    taken = _seen.take()
    if not taken:
        return 0
    rows = [(*key, *values) for key, values in taken.items()]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
    return len(rows)


def forget_accesses(*, today: dt.date) -> int:
    """Delete what is older than ACCESS_LOG_DAYS; return how many rows that were."""
    oldest = today - dt.timedelta(days=settings.ACCESS_LOG_DAYS)
    return AccessTally.objects.filter(day__lt=oldest).delete()[0]


def _write_soon() -> None:
    time.sleep(settings.ACCESS_LOG_PAUSE_SECONDS)
    try:
        write_accesses()
    except DatabaseError:
        log.exception("access log: what was seen in the last seconds is not noted")
    finally:
        connections.close_all()
