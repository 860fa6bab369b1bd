"""Which calls tell of which response of a provider: written with the rows, settled after them.

Guarantee: when a pass commits, each response that two instrumentations tell of is a group of rows that are not all
settled, and stays so until `traces.actions.settle_responses` has decided. Two workers that bring one report each meet
at the unique index: the second waits, and sees that it is not the first.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator

from django.db import connection

from deliberation.vocabulary import NodeKind
from traces.projection.reach import Reach

MAX_TOLD = 64
"""Of one response. What as many calls tell of is a placeholder that some server gives every time: then all count."""

Told = tuple[int, str, uuid.UUID, str]
"""(project, response id, run, node)"""

GIVEN = """WITH given AS (
  SELECT * FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::text[])
  AS each (project_id, response_id, run_id, node_id))"""
CLAIM = f"""{GIVEN}
INSERT INTO traces_response (project_id, response_id, run_id, node_id, is_first, is_settled)
SELECT project_id, response_id, run_id, node_id, true, true FROM given
ORDER BY project_id, response_id, run_id, node_id
ON CONFLICT DO NOTHING"""
JOIN = f"""{GIVEN}
INSERT INTO traces_response (project_id, response_id, run_id, node_id, is_first, is_settled)
SELECT project_id, response_id, run_id, node_id, false, false FROM given
WHERE (SELECT count(*) FROM traces_response AS told
       WHERE told.project_id = given.project_id AND told.response_id = given.response_id) < %s
ORDER BY project_id, response_id, run_id, node_id
ON CONFLICT DO NOTHING"""
UNSETTLE = f"""{GIVEN}
UPDATE traces_response AS told SET is_settled = false FROM given
WHERE told.project_id = given.project_id AND told.response_id = given.response_id
  AND NOT told.is_first AND told.is_settled"""


def claim_responses(reach: Reach) -> None:
    """Note the responses that the changed nodes tell of, and which groups must be settled again."""
    told = list(_few_of_each(reach))
    if not told:
        return
    columns = [list(column) for column in zip(*told, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, columns)
        if cursor.rowcount == len(told):
            return  # the usual case: every response is new
        cursor.execute(JOIN, [*columns, MAX_TOLD])
        cursor.execute(UNSETTLE, columns)


def _few_of_each(reach: Reach) -> Iterator[Told]:
    times: Counter[tuple[int, str]] = Counter()
    for run_id, node_id in sorted(reach.touched):
        node = reach.nodes[run_id, node_id]
        if node.response_id is None or node.instrumentation is None:
            continue
        if node.kind != NodeKind.MODEL_CALL.value:
            continue
        project = reach.runs[run_id].project_id
        times[project, node.response_id] += 1
        if times[project, node.response_id] <= MAX_TOLD:
            yield project, node.response_id, run_id, node_id
