"""Which of a run's nodes are known to have been right, and on what that rests.

Of a node, the strongest word stands, in this order, and what it denies no weaker one can say:

1. its source says whether it was wrongly discarded, or its candidate whether it is right;
2. the latest verdicts of the verifiers that saw the reference answer;
3. its answer is, as it is compared and by the same normaliser, one that is known to be right by 1 or 2;
4. the latest verdicts of unit tests, calculators and theorem provers, which decide by execution and may still be weak:
   a program's own tests accept wrong programs too.

Verifiers of one rank that disagree say nothing, and the next rank is asked.

Which of many runs returned a right answer is said by `traces.queries.known_runs`, without the third: it says why.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import connection

from deliberation.vocabulary import VerdictOutcome, VerifierKind

EXACT = (
    VerifierKind.UNIT_TEST.value,
    VerifierKind.CALCULATOR.value,
    VerifierKind.THEOREM_PROVER.value,
)
ACCEPT, REJECT = VerdictOutcome.ACCEPT.value, VerdictOutcome.REJECT.value


class Basis(StrEnum):
    """On what it rests that something was right; the strongest first."""

    STATED = "stated"
    """Its source says that it was wrongly discarded."""
    OUTCOME = "outcome"
    """Its source says that the answer is right."""
    REFERENCE = "reference"
    """A verifier that saw the reference answer accepted it."""
    SAME_ANSWER = "same_answer"
    """Its answer is that of a candidate which is known to be right."""
    EXACT_CHECK = "exact_check"
    """Unit tests, a calculator or a theorem prover accepted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Why a node is known to have been right: by which verifier, or as which other node's answer."""

    basis: Basis
    verifier: str | None = None
    verifier_kind: str | None = None
    same_as: str | None = None


@dataclass(slots=True)
class Outcomes:
    """What is known of a run's nodes by their ids; a node that is in none of these is not known to be either."""

    right: dict[str, Right] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    candidates: set[str] = field(default_factory=set)

    def settle(self, node_id: str, right: Right | None) -> None:
        """Note a node as right, or wrong with None, unless something stronger did before."""
        if node_id in self.right or node_id in self.wrong:
            return
        if right is None:
            self.wrong.add(node_id)
        else:
            self.right[node_id] = right


# Answers are compared by their digests: there may be a hundred thousand, of 2,000 characters each.
CANDIDATES = """
SELECT node_id, correct, normaliser,
  md5(coalesce(normalised, CASE WHEN normaliser IS NULL THEN answer END))
FROM traces_candidate WHERE run_id = %s"""

# By the time that the source gives, as everywhere: entries may have come in any order.
VERDICTS = """
SELECT DISTINCT ON (node_id, verifier) node_id, verifier, verifier_kind, outcome, saw_reference IS TRUE
FROM traces_verdict
WHERE run_id = %s AND (saw_reference OR verifier_kind = ANY(%s)) AND by_node IS DISTINCT FROM node_id
ORDER BY node_id, verifier, given_ns DESC NULLS LAST, outcome DESC, seq DESC"""

STATED = """
SELECT node_id, wrongly_discarded FROM traces_node WHERE run_id = %s AND wrongly_discarded IS NOT NULL"""

Answer = tuple[str | None, str]
Said = dict[str, list[tuple[str, str | None, str]]]


def read_outcomes(run_id: uuid.UUID) -> Outcomes:
    """Return what is known of the nodes of a run that the caller may see."""
    with connection.cursor() as cursor:
        cursor.execute(STATED, [run_id])
        stated = cursor.fetchall()
        cursor.execute(CANDIDATES, [run_id])
        candidates = cursor.fetchall()
        cursor.execute(VERDICTS, [run_id, list(EXACT)])
        verdicts = cursor.fetchall()
    found = Outcomes(candidates={row[0] for row in candidates})
    for node_id, wrongly in stated:
        found.settle(node_id, Right(basis=Basis.STATED) if wrongly else None)
    for node_id, correct, _, _ in candidates:
        if correct is not None:
            found.settle(node_id, Right(basis=Basis.OUTCOME) if correct else None)
    _settle_verdicts(found, _said(verdicts, saw_reference=True), Basis.REFERENCE)
    _settle_answers(found, {row[0]: (row[2], row[3]) for row in candidates if row[3] is not None})
    _settle_verdicts(found, _said(verdicts, saw_reference=False), Basis.EXACT_CHECK)
    return found


def _said(verdicts: list[tuple[str, str, str | None, str, bool]], *, saw_reference: bool) -> Said:
    said: Said = defaultdict(list)
    for node_id, verifier, kind, outcome, saw in verdicts:
        if saw is saw_reference and outcome in (ACCEPT, REJECT):
            said[node_id].append((verifier, kind, outcome))
    return said


def _settle_verdicts(found: Outcomes, said: Said, basis: Basis) -> None:
    for node_id, each in said.items():
        outcomes = {outcome for _, _, outcome in each}
        if len(outcomes) == 1:
            verifier, kind, outcome = each[0]
            right = Right(basis=basis, verifier=verifier, verifier_kind=kind)
            found.settle(node_id, right if outcome == ACCEPT else None)


def _settle_answers(found: Outcomes, answers: dict[str, Answer]) -> None:
    known: dict[Answer, str] = {}
    for node_id, answer in answers.items():
        if node_id in found.right:
            known.setdefault(answer, node_id)
    denied = {answers[node_id] for node_id in found.wrong if node_id in answers}
    for node_id, answer in answers.items():
        # An answer that is said to be right here and wrong there tells nothing of a third.
        if answer in known and answer not in denied:
            found.settle(node_id, Right(basis=Basis.SAME_ANSWER, same_as=known[answer]))
