"""All verifiers of the runs that are counted, those with the most judgements first."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from deliberation.vocabulary import Independence, VerifierKind
from traces.analytics.confusion import Confusion
from traces.queries.access import NotVisible, Who, is_storable
from traces.queries.judgements import (
    ACCEPT,
    BROKEN,
    LATEST,
    NEAR,
    OWN_WORD,
    REJECT,
    WITNESS,
    Truth,
)
from traces.queries.known_right import EXACT
from traces.queries.many_rows import cursor_over_many
from traces.queries.run_filters import RunFilters
from traces.queries.verifier_parts import CONFUSION
from traces.queries.verifier_runs import CountedRuns, count_runs

ON_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierRow:
    """A verifier in one version (None for none). Counts are of judgements: its latest verdict on each node.

    `saw_reference` and `same_model` count those whose verdicts say so; `cost` is US dollars, of the `priced` ones.
    """

    verifier: str
    version: str | None
    kinds: list[str]
    nodes: int
    runs: int
    accept: int
    reject: int
    unsure: int
    broken: int
    confusion: Confusion
    saw_reference: int
    same_model: int
    cost: Decimal | None
    priced: int
    last_ns: int | None

    @property
    def known(self) -> int:
        """Judgements that decide, and whose truth is known."""
        return self.confusion.total


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierPage:
    """Some verifiers, how many there are, the cursor of the next page, and the runs that were counted."""

    items: list[VerifierRow]
    total: int
    next: str | None
    counted: CountedRuns


def _sums(rank: Truth) -> str:
    return ", ".join(
        f"count(*) FILTER (WHERE outcome = '{outcome}' AND {WITNESS[rank]}) AS {rank.value}_{name}"
        for name, outcome in (("accepts", ACCEPT), ("rejects", REJECT))
    )


def _says(rank: Truth, side: str) -> str:
    """Whether others than the verifier itself say so."""
    return f"(coalesce(whole.{rank.value}_{side}, 0) - coalesce(own.{rank.value}_{side}, 0) > 0)"


def _is_right() -> str:
    whens = [
        f"WHEN {_says(rank, 'accepts')} <> {_says(rank, 'rejects')} THEN {_says(rank, 'accepts')}"
        for rank in WITNESS
    ]
    return f"CASE WHEN told.correct IS NOT NULL THEN told.correct {' '.join(whens)} END"


COUNTED = """
WITH said AS MATERIALIZED (
  SELECT DISTINCT ON (run_id, node_id, verifier, version) run_id, node_id, verifier, version, verifier_kind, outcome,
    by_node, given_ns, independence, saw_reference, cost, {accepted} AS accepted
  FROM traces_verdict WHERE run_id = ANY(%(runs)s)
  ORDER BY run_id, node_id, verifier, version, {latest}
),
own AS MATERIALIZED (
  SELECT run_id, node_id, verifier, {sums} FROM said other
  WHERE outcome IN ('{accept}', '{reject}') AND by_node IS DISTINCT FROM node_id AND ({witness})
  GROUP BY run_id, node_id, verifier
),
whole AS MATERIALIZED (SELECT run_id, node_id, {totals} FROM own GROUP BY run_id, node_id),
judged AS (
  SELECT said.*, {is_right} AS is_right
  FROM said
  LEFT JOIN traces_candidate told ON told.run_id = said.run_id AND told.node_id = said.node_id
    AND told.run_id = ANY(%(runs)s)
  LEFT JOIN whole ON whole.run_id = said.run_id AND whole.node_id = said.node_id
  LEFT JOIN own ON own.run_id = said.run_id AND own.node_id = said.node_id AND own.verifier = said.verifier
)
SELECT verifier, version, array_agg(DISTINCT verifier_kind) FILTER (WHERE verifier_kind IS NOT NULL) AS kinds,
  count(*) AS nodes, count(DISTINCT run_id) AS runs, {outcomes}, {confusion},
  count(*) FILTER (WHERE saw_reference) AS saw_reference,
  count(*) FILTER (WHERE independence = %(same_model)s) AS same_model,
  sum(cost) AS cost, count(cost) AS priced, max(given_ns) AS last_ns, count(*) OVER () AS total
FROM judged GROUP BY verifier, version
ORDER BY nodes DESC, verifier, version NULLS FIRST"""

LISTED = """
SELECT * FROM ({counted}) listed
WHERE %(nodes)s::bigint IS NULL OR nodes < %(nodes)s
  OR nodes = %(nodes)s AND (verifier, coalesce(version, '')) > (%(verifier)s, %(version)s)
ORDER BY nodes DESC, verifier, version NULLS FIRST LIMIT %(limit)s"""

SIDES = [f"{rank.value}_{side}" for rank in WITNESS for side in ("accepts", "rejects")]
STATEMENT = LISTED.format(counted=COUNTED).format(
    accept=ACCEPT,
    reject=REJECT,
    accepted=OWN_WORD,
    latest=LATEST,
    sums=", ".join(map(_sums, WITNESS)),
    witness=" OR ".join(f"({each})" for each in WITNESS.values()),
    totals=", ".join(f"sum({each}) AS {each}" for each in SIDES),
    is_right=_is_right(),
    outcomes=", ".join(
        f"count(*) FILTER (WHERE outcome {words}) AS {name}"
        for name, words in {
            "accept": f"= '{ACCEPT}'",
            "reject": f"= '{REJECT}'",
            "broken": f"IN {BROKEN}",
            "unsure": f"NOT IN ('{ACCEPT}', '{REJECT}') AND outcome NOT IN {BROKEN}",
        }.items()
    ),
    confusion=CONFUSION,
)
CELLS = ("true_accepts", "false_accepts", "false_rejects", "true_rejects")


def list_verifiers(
    *,
    who: Who,
    filters: RunFilters,
    cursor: str | None = None,
    after: str | None = None,
    limit: int = ON_A_PAGE,
) -> VerifierPage:
    """Return the verifiers of the runs that the filters let through, `limit` of those after the place `after`.

    Raises NotVisible for a project that is not theirs, and for a cursor or a place that is none.
    """
    place = _Place(None, "", "") if after is None else _read_place(after)
    counted = count_runs(who=who, filters=filters, cursor=cursor)
    rows = _read(counted.run_ids, place, limit + 1)
    items = [_row(row) for row in rows[:limit]]
    return VerifierPage(
        items=items,
        total=rows[0]["total"] if rows else 0,
        next=_cursor(items[-1]) if len(rows) > limit else None,
        counted=counted,
    )


class _Place(NamedTuple):
    nodes: int | None
    verifier: str
    version: str


def _cursor(row: VerifierRow) -> str:
    told = orjson.dumps([row.nodes, row.verifier, row.version or ""])
    return base64.urlsafe_b64encode(told).decode("ascii")


def _read_place(cursor: str) -> _Place:
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise NotVisible from None
    match told:
        case [int(nodes), str(verifier), str(version)] if abs(nodes) < 2**62 and is_storable(
            verifier + version
        ):
            return _Place(nodes, verifier, version)
    raise NotVisible


def _read(runs: Collection[uuid.UUID], place: _Place, limit: int) -> list[dict[str, Any]]:
    values = {
        "runs": list(runs),
        "exact": list(EXACT),
        "near": list(NEAR),
        "human": VerifierKind.HUMAN.value,
        "same_model": Independence.SAME_MODEL.value,
        "limit": limit,
        **place._asdict(),
    }
    with cursor_over_many() as cursor:
        cursor.execute(STATEMENT, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _row(row: dict[str, Any]) -> VerifierRow:
    plain = {name: row[name] for name in row if name not in {*CELLS, "total", "kinds"}}
    confusion = Confusion(**{name: row[name] for name in CELLS})
    return VerifierRow(kinds=row["kinds"] or [], confusion=confusion, **plain)
