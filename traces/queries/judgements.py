"""The verdicts of one verifier beside the truth, as rows that statements count: read once, added up by the database.

A judgement is the latest verdict of a verifier on a node (by the time that the source gives, of several at once the
gravest). Whether the node is right is known, the strongest first, by:

1. its source, which says of the candidate whether it is right;
2. other verifiers that saw the reference answer;
3. other verifiers that execute or calculate, and are not the model that wrote the answer, nor one of its family;
4. people, other than the one who is judged.

Where those of one rank disagree the next one is asked. A verifier never is its own witness, in whatever version, and
people are witnesses too: so this is another question than which runs are right, which `traces.queries.known_runs` says.
Runs that were asked the same, in the same words, are one task.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from deliberation.vocabulary import Independence, VerdictOutcome, VerifierKind
from traces.queries.known_right import EXACT
from traces.queries.many_rows import cursor_over_many

ACCEPT, REJECT = VerdictOutcome.ACCEPT.value, VerdictOutcome.REJECT.value
NEAR = (Independence.SAME_MODEL.value, Independence.SAME_FAMILY.value)
NO_VERSION = "-"
"""In an address: verdicts that name no version."""


class Truth(StrEnum):
    """How it is known whether a judged node is right; the strongest first."""

    OUTCOME = "outcome"
    """Its source says whether the candidate is right."""
    REFERENCE = "reference"
    """A verifier that saw the reference answer decided it."""
    EXACT_CHECK = "exact_check"
    """An independent verifier decided it by execution or calculation."""
    PERSON = "person"
    """A person decided it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Whose judgements are read: of all versions, of one, or with NO_VERSION of none.

    With a `threshold` a score decides, at least that is an accept; else the verifier's own word does. `truth` leaves
    one way to know what is right.
    """

    verifier: str
    version: str | None = None
    threshold: float | None = None
    truth: Truth | None = None


WITNESS = {
    Truth.REFERENCE: "other.saw_reference IS TRUE",
    Truth.EXACT_CHECK: "other.saw_reference IS NOT TRUE AND other.verifier_kind = ANY(%(exact)s)"
    " AND (other.independence = ANY(%(near)s)) IS NOT TRUE",
    Truth.PERSON: "other.saw_reference IS NOT TRUE AND other.verifier_kind = %(human)s",
}
"""What makes a verdict `other` a word on the truth of that rank."""

LATEST = "given_ns DESC NULLS LAST, outcome DESC, seq DESC"
# A quotient of floats may be too large or too small for Postgres, which then refuses the statement.
ON_SCALE = """
    CASE WHEN outcome NOT IN {broken} AND score_min BETWEEN -1e15 AND 1e15 AND score_max BETWEEN -1e15 AND 1e15
      AND score_max - score_min >= 1e-9 AND score BETWEEN score_min AND score_max THEN
      CASE WHEN score - score_min < 1e-100 THEN 0 ELSE (score - score_min) / (score_max - score_min) END
    END"""
BROKEN = f"('{VerdictOutcome.ERROR.value}', '{VerdictOutcome.TIMEOUT.value}')"
OWN_WORD = f"CASE outcome WHEN '{ACCEPT}' THEN true WHEN '{REJECT}' THEN false END"
BY_SCORE = f"CASE WHEN outcome NOT IN {BROKEN} THEN score >= %(threshold)s END"

JUDGED = """
WITH counted AS (
  SELECT id AS run_id, dense_rank() OVER (ORDER BY coalesce(md5(task), id::text)) AS task, candidates
  FROM traces_run WHERE id = ANY(%(runs)s)
),
mine AS MATERIALIZED (
  SELECT DISTINCT ON (run_id, node_id) run_id, node_id, seq, by_node, given_ns, version, verifier_kind, outcome,
    CASE WHEN outcome NOT IN {broken} THEN score END AS score, threshold, independence, saw_reference, cost,
    {on_scale} AS placed, {accepted} AS accepted
  FROM traces_verdict
  WHERE run_id = ANY(%(runs)s) AND verifier = %(verifier)s {of_version}
  ORDER BY run_id, node_id, {latest}
),
others AS MATERIALIZED (
  SELECT DISTINCT ON (other.run_id, other.node_id, other.verifier, other.version) other.run_id, other.node_id,
    other.verifier, other.version, other.verifier_kind, other.outcome, other.saw_reference, other.independence
  FROM traces_verdict other JOIN mine ON mine.run_id = other.run_id AND mine.node_id = other.node_id
  WHERE other.run_id = ANY(%(runs)s) AND other.verifier <> %(verifier)s AND other.by_node IS DISTINCT FROM other.node_id
  ORDER BY other.run_id, other.node_id, other.verifier, other.version, {latest_other}
),
witnesses AS (
  SELECT run_id, node_id, {witnesses}
  FROM others other WHERE outcome IN ('{accept}', '{reject}') GROUP BY run_id, node_id
),
known AS (
  SELECT mine.*, counted.task, counted.candidates, told.node_id IS NOT NULL AS is_candidate, told.correct,
    {is_known}, {basis} AS basis
  FROM mine
  JOIN counted USING (run_id)
  LEFT JOIN traces_candidate told ON told.run_id = mine.run_id AND told.node_id = mine.node_id
    AND told.run_id = ANY(%(runs)s)
  LEFT JOIN witnesses ON witnesses.run_id = mine.run_id AND witnesses.node_id = mine.node_id
),
scale AS MATERIALIZED (SELECT count(placed) AS placed, min(score) AS least, max(score) AS most FROM mine),
judged AS MATERIALIZED (
  SELECT known.*, {is_right} AS is_right,
    CASE WHEN scale.placed > 0 THEN known.placed ELSE score END AS standing,
    CASE WHEN scale.placed > 0 THEN known.placed
      WHEN scale.least >= 0 AND scale.most <= 1 THEN CASE WHEN score < 1e-100 THEN 0 ELSE score END END AS confidence
  FROM known CROSS JOIN scale
)"""


def judged_rows(asked: Judging) -> str:
    """Return the statement's beginning: `judged` holds a row for each node that was judged, `others` who else did."""
    ranks = [asked.truth] if asked.truth else list(Truth)
    told = {each: f"{each.value}_accepts IS TRUE" for each in WITNESS}
    sides = {each: f"({told[each]}) <> ({each.value}_rejects IS TRUE)" for each in WITNESS}
    knows = {Truth.OUTCOME: "told.correct IS NOT NULL", **sides}
    says = {Truth.OUTCOME: "correct", **{each: f"{each.value}_says" for each in WITNESS}}
    return JUDGED.format(
        accept=ACCEPT,
        reject=REJECT,
        broken=BROKEN,
        on_scale=ON_SCALE.format(broken=BROKEN),
        accepted=OWN_WORD if asked.threshold is None else BY_SCORE,
        of_version=OF_VERSION.get(asked.version, "AND version = %(version)s"),
        latest=LATEST,
        latest_other=", ".join(f"other.{each}" for each in LATEST.split(", ")),
        witnesses=", ".join(_witness(each) for each in WITNESS),
        is_known=", ".join(f"{told[each]} AS {each.value}_says" for each in WITNESS),
        basis=_case(ranks, lambda each: f"WHEN {knows[each]} THEN '{each.value}'"),
        is_right=_case(ranks, lambda each: f"WHEN basis = '{each.value}' THEN {says[each]}"),
    )


OF_VERSION = {None: "", NO_VERSION: "AND version IS NULL"}


def _witness(rank: Truth) -> str:
    return ", ".join(
        f"bool_or(outcome = '{outcome}') FILTER (WHERE {WITNESS[rank]}) AS {rank.value}_{name}"
        for name, outcome in (("accepts", ACCEPT), ("rejects", REJECT))
    )


def _case(ranks: Sequence[Truth], when: Any) -> str:
    return f"CASE {' '.join(when(each) for each in ranks)} END"


def values_of(asked: Judging, runs: Collection[uuid.UUID]) -> dict[str, Any]:
    """Return what the statement is about."""
    return {
        "runs": list(runs),
        "verifier": asked.verifier,
        "version": asked.version,
        "threshold": asked.threshold,
        "exact": list(EXACT),
        "near": list(NEAR),
        "human": VerifierKind.HUMAN.value,
    }


PART = "SELECT '{name}' AS part, row_to_json(each)::text FROM ({part}) each"


def read_parts(
    asked: Judging, runs: Collection[uuid.UUID], parts: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each part, a statement over `judged` and `others`.

    All of them in one, because to sort the verdicts is what takes the time: it is done once.
    """
    told = " UNION ALL ".join(PART.format(name=name, part=part) for name, part in parts.items())
    with cursor_over_many() as cursor:
        cursor.execute(f"{judged_rows(asked)} {told}", values_of(asked, runs))
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in parts}
        for name, row in _rows(cursor):
            found[name].append(row)
    return found


def _rows(cursor: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, row in cursor.fetchall():
        yield name, orjson.loads(row)
