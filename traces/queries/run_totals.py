"""What the runs of a list come to together, and when that was spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from deliberation.vocabulary import CostProvenance
from traces.models import Run
from traces.queries.access import Who
from traces.queries.amounts import add_known
from traces.queries.run_filters import RunFilters, narrow
from traces.queries.run_list import PORTION, portions_of
from traces.queries.run_order import RunOrder

BUCKETS = 40
SUMMED = (
    "cost", "cost_provenance", "input_tokens", "output_tokens", "nodes", "discarded", "started_ns",
)  # fmt: skip
PARTS = f"""
WITH found ({", ".join(SUMMED)}) AS MATERIALIZED ({{found}}),
spread AS (
  SELECT min(started_ns) AS since, (max(started_ns) - min(started_ns)) / {BUCKETS} + 1 AS width
  FROM found
)
SELECT ((started_ns - spread.since) / width)::int AS bucket, count(*) AS runs, sum(cost) AS costs,
  count(*) FILTER (WHERE cost_provenance = '{CostProvenance.ESTIMATED.value}') AS estimated,
  count(*) FILTER (WHERE cost IS NULL) AS without_cost,
  sum(input_tokens)::bigint AS tokens_in, sum(output_tokens)::bigint AS tokens_out,
  sum(nodes)::bigint AS all_nodes, sum(discarded)::bigint AS all_discarded,
  min(started_ns) AS since, max(started_ns) AS until
FROM found CROSS JOIN spread GROUP BY bucket"""  # noqa: S608 - names of columns and constants are put in


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """Sums over the runs that match among the newest: of all there are where `is_whole`.

    Costs are in US dollars, `tokens` input and output; `without_cost` counts the runs that have no known cost.
    `spend` is cost by equal stretches of time from `since_ns` to `until_ns`, empty where no time is known.
    """

    runs: int
    is_whole: bool
    cost: Decimal | None
    is_estimated: bool
    without_cost: int
    tokens: int | None
    nodes: int
    discarded: int
    since_ns: int | None = None
    until_ns: int | None = None
    spend: Sequence[Decimal] = ()

    @property
    def discarded_share(self) -> float | None:
        """Discarded nodes by all nodes."""
        return self.discarded / self.nodes if self.nodes else None


def total_runs(*, who: Who, filters: RunFilters) -> RunTotals:
    """Return what the newest runs that match come to, of at most `PORTION` in each project."""
    portions = portions_of(
        who=who, filters=filters, order=RunOrder.NEWEST, start=None, most=PORTION
    )
    parts = _read_parts([narrow(portion.runs, filters).order_by() for portion in portions])
    times = [each[name] for each in parts for name in ("since", "until") if each[name] is not None]
    dated = {each["bucket"]: each["costs"] or Decimal(0) for each in parts}
    return RunTotals(
        runs=sum(each["runs"] for each in parts),
        is_whole=all(portion.end is None for portion in portions),
        cost=add_known([each["costs"] for each in parts]),
        is_estimated=any(each["estimated"] for each in parts),
        without_cost=sum(each["without_cost"] for each in parts),
        tokens=add_known([each[name] for each in parts for name in ("tokens_in", "tokens_out")]),
        nodes=sum(each["all_nodes"] for each in parts),
        discarded=sum(each["all_discarded"] for each in parts),
        since_ns=min(times, default=None),
        until_ns=max(times, default=None),
        spend=[dated.get(at, Decimal(0)) for at in range(BUCKETS)] if times else [],
    )


def _read_parts(found: list[QuerySet[Run]]) -> list[dict[str, Any]]:
    """Return the sums of the runs that began in the same stretch of time, and of those whose start is not known.

    One statement, because reading ten thousand rows is what takes the time: they are read once.
    """
    if not found:
        return []
    compiled = [runs.values(*SUMMED).query.sql_with_params() for runs in found]
    statement = PARTS.format(found=" UNION ALL ".join(f"({sql})" for sql, _ in compiled))
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in compiled for value in values])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
