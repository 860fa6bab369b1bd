"""Which runs are known to have returned a right answer, and on what that rests: one conclusion, for thousands at once.

What a run returned is the node that it names. Where it names none, it is the run's only candidate, told once and not
discarded; of several candidates nobody knows which was returned. Then the strongest word stands:

1. its source says whether the candidate that was returned is right;
2. the latest verdicts on it of the verifiers that saw the reference answer;
3. theirs on the nodes without a parent, which stand for the run as a whole;
4. the latest verdicts on it of unit tests, calculators and theorem provers;
5. theirs on the run as a whole.

Verifiers of one rank that disagree say nothing, and the next rank is asked. Of all other runs nothing is known, and no
statistic of right and wrong counts them.

What differs elsewhere, and why:

- `traces.queries.known_right`, of the nodes of one run, takes an answer for right that is the same as a right one.
  That can only ever add right ones: runs so counted would be a choice of those that went well.
- `traces.queries.judgements` asks of a verifier's judgements, where people and checks that are independent of it are
  witnesses, and it never is its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from deliberation.vocabulary import Fate
from traces.queries.candidates import TOLD_ONCE
from traces.queries.known_right import ACCEPT, EXACT, REJECT

COLUMNS = ("selected_node", "candidates", "verdicts")
"""Of a run, besides its id, what `found` must hold."""

# A row is looked up for each run, so that the time depends on the runs that are asked about, and on no table's size.
RETURNED = f"""
returned AS MATERIALIZED (
  SELECT found.*, coalesce(selected_node, CASE
    WHEN candidates = 1 OR candidates > 1 AND (SELECT true FROM traces_node AS node
      WHERE node.run_id = found.id AND node.aside IS NOT NULL LIMIT 1)
    THEN (SELECT min(node_id) FROM (
      SELECT told.node_id, node.fate FROM traces_candidate AS told
      CROSS JOIN LATERAL (SELECT fate, parent_id FROM traces_node
        WHERE run_id = found.id AND node_id = told.node_id OFFSET 0) AS node
      LEFT JOIN LATERAL (SELECT aside FROM traces_node
        WHERE run_id = found.id AND node_id = node.parent_id OFFSET 0) AS above ON true
      WHERE told.run_id = found.id AND {TOLD_ONCE} LIMIT 2
    ) AS only_one HAVING count(*) = 1 AND bool_and(fate <> '{Fate.DISCARDED.value}')) END) AS returned_node
  FROM found
),
stated AS (
  SELECT returned.*, CASE WHEN candidates > 0 AND returned_node IS NOT NULL THEN (
    SELECT correct FROM traces_candidate AS told
    WHERE told.run_id = returned.id AND told.node_id = returned_node) END AS correct
  FROM returned
)"""  # noqa: S608 - words of the vocabulary are put in
# The latest of each verifier on each node, by the time that the source gives: entries may have come in any order.
LATEST = """
    SELECT DISTINCT ON (node_id, verifier) saw_reference IS TRUE AS saw_reference, outcome
    FROM traces_verdict AS verdict
    WHERE run_id = stated.id AND by_node IS DISTINCT FROM node_id AND verdicts > 0 AND correct IS NULL AND {asked}
    ORDER BY node_id, verifier, given_ns DESC NULLS LAST, outcome DESC, seq DESC"""
ON_RETURNED = "node_id = returned_node AND (saw_reference OR verifier_kind = ANY(%s))"
ON_WHOLE = """of_returned.saw IS NULL
      AND (saw_reference OR of_returned.checked IS NULL AND verifier_kind = ANY(%s))
      AND (SELECT parent_id IS NULL FROM traces_node AS node
      WHERE node.run_id = verdict.run_id AND node.node_id = verdict.node_id)"""
AGREED = f"""CASE WHEN bool_and(outcome = '{ACCEPT}') FILTER (WHERE {{ranked}})
      = bool_or(outcome = '{ACCEPT}') FILTER (WHERE {{ranked}})
      THEN bool_or(outcome = '{ACCEPT}') FILTER (WHERE {{ranked}}) END"""
"""What the verdicts of one rank say, nothing where they disagree."""
DECIDING = f"outcome IN ('{ACCEPT}', '{REJECT}')"
# Run by run and not joined as sets: of rows that just came the planner knows nothing, and such a join may take minutes.
KNOWN = f"""
known AS (
  SELECT stated.*, coalesce(correct, of_returned.saw, of_whole.saw, of_returned.checked, of_whole.checked) AS is_right,
    CASE WHEN correct IS NOT NULL THEN 'outcome'
      WHEN coalesce(of_returned.saw, of_whole.saw) IS NOT NULL THEN 'reference'
      WHEN coalesce(of_returned.checked, of_whole.checked) IS NOT NULL THEN 'exact_check' END AS basis
  FROM stated CROSS JOIN LATERAL (
    SELECT {AGREED.format(ranked="saw_reference")} AS saw,
      {AGREED.format(ranked="NOT saw_reference")} AS checked
    FROM ({LATEST.format(asked=ON_RETURNED)}) AS latest WHERE {DECIDING}
  ) AS of_returned CROSS JOIN LATERAL (
    SELECT {AGREED.format(ranked="saw_reference")} AS saw,
      {AGREED.format(ranked="NOT saw_reference")} AS checked
    FROM ({LATEST.format(asked=ON_WHOLE)}) AS latest WHERE {DECIDING}
  ) AS of_whole
)"""  # noqa: S608 - as above
KNOWN_OF_FOUND = f"{RETURNED}, {KNOWN}"
"""Common table expressions that follow `found`, runs with `COLUMNS`; of each `known` says `is_right` and `basis`."""
VALUES = (list(EXACT), list(EXACT))
"""The values that they take."""
OF_THESE = f"""
WITH found AS MATERIALIZED (SELECT id, {", ".join(COLUMNS)} FROM traces_run WHERE id = ANY(%s)), {KNOWN_OF_FOUND}
SELECT id, is_right FROM known WHERE is_right IS NOT NULL"""  # noqa: S608 - names of columns are put in


def read_known(runs: Sequence[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """Return which of the runs, that the caller may see, returned a right answer, and which a wrong one."""
    if not runs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OF_THESE, [list(runs), *VALUES])
        return dict(cursor.fetchall())
