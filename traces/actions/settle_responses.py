"""Settle responses: of several reports of one response, decide which counts.

Guarantee: one transaction per portion, under the locks of all runs concerned; the result does not depend on which
report came first. Dying half-way leaves the portion unsettled, for the next pass or the sweep. Doing it twice changes
nothing. Two reports may stand in two runs, and so this cannot happen while either is recorded.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from deliberation.vocabulary import TextVisibility
from traces.actions.run_rows import lock_runs, save_runs
from traces.analytics.same_call import CallReport, twins_of
from traces.live.publish import RunChange
from traces.projection.reach import Key, Reach
from traces.projection.responses import MAX_TOLD
from traces.projection.states import NodeState, RunState
from traces.projection.sums import move_sums
from traces.projection.tally import states_amounts

PORTION = 200
"""Responses in one transaction; with the locks of their runs."""

UNSETTLED = """
SELECT DISTINCT project_id, response_id FROM traces_response AS told
WHERE NOT is_settled AND (%s::uuid IS NULL OR EXISTS (
  SELECT 1 FROM traces_response AS own
  WHERE own.project_id = told.project_id AND own.response_id = told.response_id AND own.run_id = %s))
LIMIT %s"""
SHARING = """
SELECT DISTINCT other.run_id FROM traces_response AS own
JOIN traces_response AS other USING (project_id, response_id) WHERE own.run_id = %s"""
MEMBERS = """
SELECT told.project_id, told.response_id, told.run_id, told.node_id
FROM traces_response AS told
JOIN unnest(%s::bigint[], %s::text[]) AS given (project_id, response_id) USING (project_id, response_id)
ORDER BY told.project_id, told.response_id"""
SETTLED = """
UPDATE traces_response AS told SET is_settled = true
FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::text[]) AS given (project_id, response_id, run_id, node_id)
WHERE told.project_id = given.project_id AND told.response_id = given.response_id
  AND told.run_id = given.run_id AND told.node_id = given.node_id AND NOT told.is_settled"""

Told = tuple[int, str, uuid.UUID, str]


def settle_responses(*, of: uuid.UUID | None = None) -> tuple[RunChange, ...]:
    """Settle all responses that are not, or those that one run tells of; return the runs whose sums moved."""
    changed: dict[str, RunChange] = {}
    while portion := _unsettled(of):
        changed.update((change.run, change) for change in _settle(portion))
        if len(portion) < PORTION:
            break
    return tuple(changed.values())


def runs_that_share(run_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the runs that tell of responses which this one tells of: settling its responses locks them all."""
    with connection.cursor() as cursor:
        cursor.execute(SHARING, [run_id])
        return {row[0] for row in cursor.fetchall()}


def _unsettled(of: uuid.UUID | None) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(UNSETTLED, [of, of, PORTION])
        return list(cursor.fetchall())


def _settle(portion: list[tuple[int, str]]) -> list[RunChange]:
    with transaction.atomic():
        # Read before the locks to know which they are, and after them to know what is so.
        runs = lock_runs(sorted({told[2] for told in _members(portion)}))
        members = [told for told in _members(portion) if told[2] in runs]
        reach = Reach(runs)
        reach.load_nodes({(told[2], told[3]) for told in members})
        for _, group in groupby(members, key=itemgetter(0, 1)):
            _decide(reach, [(told[2], told[3]) for told in group])
        moved = [runs[run_id] for run_id in {key[0] for key in reach.touched}]
        reach.save()
        save_runs(moved)
        _note_settled(members)
    return [RunChange(str(run.id), run.project_id, run.size - 1) for run in moved]


def _decide(reach: Reach, keys: list[Key]) -> None:
    twins = dict(_twins(reach, keys)) if len(keys) < MAX_TOLD else {}
    for key in keys:
        node = reach.nodes.get(key)
        twin = twins.get(key)
        if node is not None and node.twin_of != twin:
            node.twin_of = twin
            reach.touched.add(key)
            move_sums(reach, key)


def _twins(reach: Reach, keys: Iterable[Key]) -> Iterator[tuple[Key, str]]:
    by_place = {}
    reports = []
    for key in keys:
        node = reach.nodes.get(key)
        # An outer span of a call is set aside by what is below it.
        if node is not None and not node.calls_below:
            report = _report(reach.runs[key[0]], node)
            by_place[report.place] = key
            reports.append(report)
    for place, other in twins_of(reports).items():
        run_id, node_id = by_place[other]
        yield by_place[place], f"{run_id}:{node_id}"


def _report(run: RunState, node: NodeState) -> CallReport:
    known = ("input", "output", "cache_read", "cache_write", "reasoning")
    return CallReport(
        place=(run.trace_id or str(run.id), node.node_id),
        instrumentation=node.instrumentation,
        started_ns=node.started_ns,
        ended_ns=node.ended_ns,
        says=(
            states_amounts(node),
            node.text_visibility == TextVisibility.FULL.value,
            sum(getattr(node, f"{name}_tokens") is not None for name in known),
        ),
    )


def _members(portion: list[tuple[int, str]]) -> list[Told]:
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [[each[0] for each in portion], [each[1] for each in portion]])
        return list(cursor.fetchall())


def _note_settled(members: list[Told]) -> None:
    if members:
        with connection.cursor() as cursor:
            cursor.execute(SETTLED, [list(column) for column in zip(*members, strict=True)])
