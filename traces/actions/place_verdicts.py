"""Place verdicts: tell a verdict again at the node that it judges, when it was told in another run, or of a response.

Guarantee: one transaction for each verdict, under the lock of the judged run: its ledger has the verdict, and the row
that waited says where, or neither. Two at once, or the same again after a death, add nothing: the key names where the
verdict was told first. What is judged may come later, or never; then the verdict waits, and is shown where it was told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection

from deliberation.events import VerdictGiven
from deliberation.events.server_made import CONTROL_KEY
from traces.actions.record import record, report_on
from traces.live.publish import RunChange
from traces.models import DistantVerdict, Run
from traces.queries.ledger import read_entries

BY = "server:verdicts"
PORTION = 200
NEWEST, ALL = 1_000, 1_000_000
"""Of those that wait, as many are looked at after a pass, and as many now and then."""

# Of several reports of one response the first; where that one does not count, the one that does.
FOUND = """
WITH waiting AS (
  SELECT run_id, seq, project_id, trace_id, response_id, node_id FROM traces_distantverdict
  WHERE placed_in IS NULL ORDER BY run_id DESC LIMIT %s)
SELECT waiting.run_id, waiting.seq, judged.id, waiting.node_id
FROM waiting JOIN traces_run AS judged USING (project_id, trace_id) WHERE judged.size > 0
UNION ALL
SELECT waiting.run_id, waiting.seq,
  coalesce(split_part(node.twin_of, ':', 1)::uuid, told.run_id),
  coalesce(substr(node.twin_of, strpos(node.twin_of, ':') + 1), told.node_id)
FROM waiting
JOIN traces_response AS told USING (project_id, response_id)
JOIN traces_node AS node ON node.run_id = told.run_id AND node.node_id = told.node_id
WHERE told.is_first
LIMIT %s"""
PLACED = """
UPDATE traces_distantverdict SET placed_in = %s, placed_node = %s WHERE run_id = %s AND seq = %s"""


@dataclass(frozen=True, slots=True)
class _Place:
    """A verdict by the entry in which it was told, and the node that it judges."""

    told_in: uuid.UUID
    seq: int
    run: uuid.UUID
    node: str


def place_verdicts(
    *, now_ns: int, randbytes: Callable[[int], bytes], newest: int = NEWEST
) -> tuple[RunChange, ...]:
    """Place the verdicts whose nodes are here by now, of the `newest` that wait; return the runs that grew."""
    changed: dict[str, RunChange] = {}
    while places := _find(newest):
        for place in places:
            for change in _tell_again(place, now_ns, randbytes):
                changed[change.run] = change
        if len(places) < PORTION:
            break
    return tuple(changed.values())


def _find(newest: int) -> list[_Place]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [newest, PORTION])
        return [_Place(*row) for row in cursor.fetchall()]


def _tell_again(
    place: _Place, now_ns: int, randbytes: Callable[[int], bytes]
) -> tuple[RunChange, ...]:
    entries = read_entries(place.told_in, [place.seq])
    event = entries[0].event if entries else None
    if not isinstance(event, VerdictGiven):
        _forget(place)  # its entry is no longer kept
        return ()
    run = Run.objects.get(pk=place.run)
    told_in = f"{place.told_in}:{place.seq}"
    verdict = replace(
        event,
        run=str(place.run),
        key=f"{CONTROL_KEY}told:{hashlib.sha256(told_in.encode()).hexdigest()[:32]}",
        node=place.node,
        # A node of another run; where it is, `told_in` says.
        by_node=event.by_node if place.run == place.told_in else None,
        trace=None,
        response=None,
        told_in=None if place.run == place.told_in else told_in,
    )
    return record(
        reports=[report_on(run, [verdict], by=BY, now_ns=now_ns)],
        now=dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC),
        randbytes=randbytes,
        settle=lambda: _note(place),
    ).changes


def _note(place: _Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLACED, [place.run, place.node, place.told_in, place.seq])


def _forget(place: _Place) -> None:
    DistantVerdict.objects.filter(run_id=place.told_in, seq=place.seq).delete()
