"""What verifiers gave what many runs returned, or the runs as a whole, as shares of their scales; read in SQL."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

# A run as a whole is what its root is: a benchmark, an agent's episode.
GIVEN = """
WITH chosen (id, selected) AS MATERIALIZED (
  SELECT id, selected_node FROM traces_run WHERE id = ANY(%(runs)s)
)
SELECT DISTINCT ON (given.run_id, given.verifier) given.run_id, given.verifier, given.seq,
  given.score, given.score_min, given.score_max, given.checks_passed, given.checks_total
FROM chosen JOIN traces_verdict given ON given.run_id = chosen.id
JOIN traces_node node ON node.run_id = given.run_id AND node.node_id = given.node_id
WHERE (given.node_id = chosen.selected OR node.parent_id IS NULL) AND given.by_node IS DISTINCT FROM given.node_id
ORDER BY given.run_id, given.verifier, coalesce(given.node_id = chosen.selected, false) DESC,
  given.given_ns DESC NULLS LAST, given.outcome DESC, given.seq DESC"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScore:
    """What one verifier gave a run's answer last: a `share` from 0 to 1, of `checks` checks."""

    verifier: str
    share: float
    checks: int
    seq: int


def read_answer_scores(runs: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[AnswerScore]]:
    """Return what the answers of runs that the caller may see were given, by run, where the verifier tells degrees."""
    found: defaultdict[uuid.UUID, list[AnswerScore]] = defaultdict(list)
    if not runs:
        return found
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, {"runs": list(runs)})
        for run_id, verifier, seq, *numbers in cursor.fetchall():
            share, checks = _share(*numbers)
            if share is not None:
                given = AnswerScore(verifier=verifier, share=share, checks=checks, seq=seq)
                found[run_id].append(given)
    return found


def _share(
    score: float | None,
    least: float | None,
    most: float | None,
    passed: int | None,
    total: int | None,
) -> tuple[float | None, int]:
    """Return a score as a share of its scale, and of how many checks; None where it has no scale."""
    checks = total if total and total > 0 else 1
    if score is not None and least is not None and most is not None and most > least:
        return min(1.0, max(0.0, (score - least) / (most - least))), checks
    if passed is not None and total and 0 <= passed <= total:
        return passed / total, checks
    return None, checks
