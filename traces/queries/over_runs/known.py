"""Which of many runs are known to have returned a right answer, and on what that rests: for thousands at once.

Of a run, the strongest word stands, as of a node in `traces.queries.known_right`:

1. its source says whether the candidate that was returned is right;
2. the latest verdicts, on what was returned, of the verifiers that saw the reference answer. Where no node is named as
   returned, those on a node without a parent, which stands for the run as a whole;
3. the latest verdicts of unit tests, calculators and theorem provers on what was returned.

Where verifiers of one rank disagree, they say nothing. That an answer is the same as another one which is known to be
right is concluded on the pages of a run, and not here: it would take every candidate of every run. Of all other runs
nothing is known, and no statistic of right and wrong counts them.
"""

from __future__ import annotations

from traces.queries.known_right import ACCEPT, EXACT, REJECT
from traces.queries.over_runs.scope import Question, Scope, found_runs, then

COLUMNS = ("selected_node", "candidates", "verdicts")

# A row is looked up for each run, so that the time depends on the runs that are asked about, and on no table's size.
# By the time that the source gives, as everywhere: entries may have come in any order.
LATEST = """
latest AS (
  SELECT DISTINCT ON (verdict.run_id, verdict.node_id, verdict.verifier)
    verdict.run_id, verdict.outcome, verdict.saw_reference IS TRUE AS saw_reference
  FROM found JOIN traces_verdict AS verdict ON verdict.run_id = found.id
  WHERE found.verdicts > 0
    AND verdict.by_node IS DISTINCT FROM verdict.node_id
    AND CASE WHEN found.selected_node IS NULL
      THEN verdict.saw_reference AND (SELECT node.parent_id IS NULL FROM traces_node AS node
        WHERE node.run_id = verdict.run_id AND node.node_id = verdict.node_id)
      ELSE verdict.node_id = found.selected_node AND (verdict.saw_reference OR verdict.verifier_kind = ANY(%s)) END
  ORDER BY verdict.run_id, verdict.node_id, verdict.verifier,
    verdict.given_ns DESC NULLS LAST, verdict.outcome DESC, verdict.seq DESC
)"""
SAID = f"""
said AS (
  SELECT run_id,
    bool_and(outcome = '{ACCEPT}') FILTER (WHERE saw_reference) AS all_saw,
    bool_or(outcome = '{ACCEPT}') FILTER (WHERE saw_reference) AS some_saw,
    bool_and(outcome = '{ACCEPT}') FILTER (WHERE NOT saw_reference) AS all_checked,
    bool_or(outcome = '{ACCEPT}') FILTER (WHERE NOT saw_reference) AS some_checked
  FROM latest WHERE outcome IN ('{ACCEPT}', '{REJECT}') GROUP BY run_id
)"""  # noqa: S608 - words of the vocabulary are put in
KNOWN = """
known AS (
  SELECT told.*, coalesce(correct, saw, checked) AS is_right,
    CASE WHEN correct IS NOT NULL THEN 'outcome' WHEN saw IS NOT NULL THEN 'reference'
      WHEN checked IS NOT NULL THEN 'exact_check' END AS basis
  FROM (
    SELECT found.*, CASE WHEN candidates > 0 AND selected_node IS NOT NULL THEN (
      SELECT correct FROM traces_candidate AS candidate
      WHERE candidate.run_id = found.id AND candidate.node_id = found.selected_node) END AS correct
    FROM found
  ) AS told
  LEFT JOIN (
    SELECT run_id,
      CASE WHEN all_saw = some_saw THEN all_saw END AS saw,
      CASE WHEN all_checked = some_checked THEN all_checked END AS checked
    FROM said
  ) AS judged ON judged.run_id = told.id
)"""


def known_runs(scope: Scope, *columns: str) -> Question:
    """Return the beginning of a statement: `known`, the runs that match, with `is_right` and `basis`."""
    question = found_runs(scope, *dict.fromkeys((*COLUMNS, *columns)))
    return then(then(then(question, LATEST, list(EXACT)), SAID), KNOWN)
