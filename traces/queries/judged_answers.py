"""What verifiers said of what many runs returned, or of the runs as a whole; read in SQL."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from deliberation.vocabulary import VerdictOutcome
from traces.queries.known_right import EXACT

# A run as a whole is what its root is: a benchmark, an agent's episode.
SAID = """
WITH chosen (id, selected) AS MATERIALIZED (
  SELECT id, selected_node FROM traces_run WHERE id = ANY(%(runs)s)
)
SELECT DISTINCT ON (given.run_id, given.verifier) given.run_id, given.verifier, given.outcome,
  given.saw_reference IS TRUE, given.verifier_kind = ANY(%(exact)s), given.score, given.score_min, given.score_max,
  given.checks_passed, given.checks_total, given.seq
FROM chosen JOIN traces_verdict given ON given.run_id = chosen.id
JOIN traces_node node ON node.run_id = given.run_id AND node.node_id = given.node_id
WHERE (given.node_id = chosen.selected OR node.parent_id IS NULL) AND given.by_node IS DISTINCT FROM given.node_id
ORDER BY given.run_id, given.verifier, coalesce(given.node_id = chosen.selected, false) DESC,
  given.given_ns DESC NULLS LAST, given.outcome DESC, given.seq DESC"""
DECIDING = {VerdictOutcome.ACCEPT.value: True, VerdictOutcome.REJECT.value: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The latest word of one verifier on what a run returned. `share` is its score from 0 to 1, of `checks` checks."""

    verifier: str
    outcome: bool | None
    saw_reference: bool
    is_exact: bool
    share: float | None
    checks: int
    seq: int


def read_answers(runs: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Said]]:
    """Return what was said of the answers of runs that the caller may see, by run."""
    found: defaultdict[uuid.UUID, list[Said]] = defaultdict(list)
    if not runs:
        return found
    with connection.cursor() as cursor:
        cursor.execute(SAID, {"runs": list(runs), "exact": list(EXACT)})
        for run_id, verifier, outcome, saw, exact, *numbers, seq in cursor.fetchall():
            share, checks = _share(*numbers)
            said = Said(
                verifier=verifier,
                outcome=DECIDING.get(outcome),
                saw_reference=saw,
                is_exact=bool(exact),
                share=share,
                checks=checks,
                seq=seq,
            )
            found[run_id].append(said)
    return found


def outcome_by(said: Sequence[Said]) -> bool | None:
    """Return what verifiers make of a run's answer: those that saw the reference, else those that execute.

    Where verifiers of one rank disagree, nothing is concluded: `traces.queries.known_right`.
    """
    for ranked in (
        [each for each in said if each.saw_reference],
        [each for each in said if each.is_exact and not each.saw_reference],
    ):
        words = {each.outcome for each in ranked if each.outcome is not None}
        if words:
            return words.pop() if len(words) == 1 else None
    return None


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
