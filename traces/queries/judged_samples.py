"""The samples of many runs by what they answered, whether that is right, and what a verifier gave them; read in SQL.

Which are right is concluded as in `traces.queries.known_right`, for all runs at once; a test holds the two together.
Which runs are is said by `traces.queries.known_runs`.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from traces.queries.candidates import TOLD_ONCE
from traces.queries.known_right import EXACT
from traces.queries.many_rows import cursor_over_many

# A search of a hundred thousand nodes has ten candidates: they are looked up by key, to which OFFSET holds the planner.
TOLD = f"""
WITH told AS MATERIALIZED (
  SELECT given.run_id, given.node_id, coalesce(node.wrongly_discarded, given.correct) AS stated, given.normaliser,
    md5(coalesce(given.normalised, CASE WHEN given.normaliser IS NULL THEN given.answer END)) AS said,
    md5(CASE WHEN given.cluster IS NOT NULL OR given.normaliser IS NOT NULL
      THEN coalesce(given.cluster, given.normalised)
      ELSE coalesce(given.normalised, given.answer) END) AS label
  FROM traces_candidate given
  CROSS JOIN LATERAL (
    SELECT parent_id, wrongly_discarded FROM traces_node
    WHERE run_id = given.run_id AND node_id = given.node_id OFFSET 0
  ) AS node
  LEFT JOIN LATERAL (
    SELECT aside FROM traces_node WHERE run_id = given.run_id AND node_id = node.parent_id OFFSET 0
  ) AS above ON true
  WHERE given.run_id = ANY(%(runs)s) AND {TOLD_ONCE}
),"""  # noqa: S608 - words of the vocabulary are put in
# What is said of a sample is put together by grouping, not by joining: the planner takes ten thousand samples that were
# just imported for one, and compared each with each word on any of them.
SETTLED = """
latest AS (
  SELECT DISTINCT ON (given.run_id, given.node_id, given.verifier) given.run_id, given.node_id, given.outcome,
    given.saw_reference IS TRUE AS saw
  FROM traces_verdict given
  WHERE given.run_id = ANY(%(runs)s) AND (given.saw_reference OR given.verifier_kind = ANY(%(exact)s))
    AND given.by_node IS DISTINCT FROM given.node_id
  ORDER BY given.run_id, given.node_id, given.verifier, given.given_ns DESC NULLS LAST, given.outcome DESC,
    given.seq DESC
),
word AS (
  SELECT run_id, node_id, saw, bool_and(outcome = 'accept') AS is_right FROM latest
  WHERE outcome IN ('accept', 'reject') GROUP BY 1, 2, 3 HAVING count(DISTINCT outcome) = 1
),
scored AS (
  SELECT DISTINCT ON (given.run_id, given.node_id) given.run_id, given.node_id, given.score
  FROM traces_verdict given
  WHERE given.run_id = ANY(%(runs)s) AND given.verifier = %(judge)s AND given.score IS NOT NULL
  ORDER BY given.run_id, given.node_id, given.seq DESC
),
facts (run_id, node_id, is_told, stated, normaliser, said, label, reference, checked, score) AS (
  SELECT run_id, node_id, true, stated, normaliser, said, label, NULL::bool, NULL::bool, NULL::float8 FROM told
  UNION ALL SELECT run_id, node_id, false, NULL, NULL, NULL, NULL,
    CASE WHEN saw THEN is_right END, CASE WHEN NOT saw THEN is_right END, NULL FROM word
  UNION ALL SELECT run_id, node_id, false, NULL, NULL, NULL, NULL, NULL, NULL, score FROM scored
),
strong AS (
  SELECT run_id, node_id, max(normaliser) AS normaliser, max(said) AS said, max(label) AS label,
    coalesce(bool_or(stated), bool_or(reference)) AS known, bool_or(checked) AS checked, max(score) AS score
  FROM facts GROUP BY run_id, node_id HAVING bool_or(is_told)
),
settled AS (
  SELECT run_id, label, score, coalesce(known, CASE WHEN said IS NOT NULL
    AND bool_or(known) OVER alike AND NOT coalesce(bool_or(NOT known) OVER alike, false) THEN true END,
    checked) AS is_right
  FROM strong WINDOW alike AS (PARTITION BY run_id, normaliser, said)
)
SELECT run_id, label, is_right, score, count(*) FROM settled GROUP BY 1, 2, 3, 4"""
JUDGES = """
SELECT given.verifier, count(*) FROM traces_candidate told
JOIN traces_verdict given ON given.run_id = told.run_id AND given.node_id = told.node_id
WHERE told.run_id = ANY(%(runs)s) AND given.run_id = ANY(%(runs)s) AND given.score IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"""


@dataclass(frozen=True, slots=True)
class Sampled:
    """So many samples of a run that are alike: in answer (None: no vote), in outcome, in score."""

    label: str | None
    is_right: bool | None
    score: float | None
    count: int


def read_samples(runs: Sequence[uuid.UUID], *, judge: str | None) -> dict[uuid.UUID, list[Sampled]]:
    """Return the samples of runs that the caller may see, by run; scores are those of the verifier `judge`."""
    found: defaultdict[uuid.UUID, list[Sampled]] = defaultdict(list)
    if not runs:
        return found
    asked: dict[str, Any] = {"runs": list(runs), "exact": list(EXACT), "judge": judge or ""}
    with cursor_over_many() as cursor:
        cursor.execute(TOLD + SETTLED, asked)
        for run_id, *told in cursor.fetchall():
            found[run_id].append(Sampled(*told))
    return found


def list_judges(runs: Sequence[uuid.UUID]) -> list[str]:
    """Return the verifiers that gave candidates of these runs a score, who gave the most first."""
    if not runs:
        return []
    with cursor_over_many() as cursor:
        cursor.execute(JUDGES, {"runs": list(runs)})
        return [verifier for verifier, _ in cursor.fetchall()]
