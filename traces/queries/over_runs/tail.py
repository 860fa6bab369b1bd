"""How long the tail of spending is: quantiles, the share of the dearest, and runs that ran away.

A run has run away when it spent more than `times` the median of its class, the runs of its project and strategy, or
than its hard limit of dollars where that is more. That the best value did not improve meanwhile, which a live rule
asks as well, is not looked at: it stands on the run's page *Decision*.

Quantiles are observed amounts (definition 1 of Hyndman and Fan 1996, as in `traces.analytics.ecdf`), by ranks in whole
numbers: Postgres ranks each run once, and hands over 200 points of the distribution and a row of sums.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from traces.analytics.undefined import Undefined
from traces.queries.over_runs.scope import (
    MEASURED,
    MOST_RUNS,
    Measure,
    Question,
    Scope,
    ask,
    found_runs,
    then,
)
from traces.queries.over_runs.told import (
    UNITS,
    Cell,
    Fact,
    Row,
    Section,
    Table,
    Unit,
    among,
    count,
    share,
)

KEY = "tail"
POINTS = 200
"""Of the distribution: a point for each half of a percent of the runs."""
QUANTILES = (50, 95, 99)
CLASSES_SHOWN = 20
PLACED = """
measured AS (
  SELECT id, project_id, strategy, {amount} AS amount,
    {cap} AS hard_cap FROM found
),
classes AS (
  SELECT project_id, strategy, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS median
  FROM measured WHERE amount IS NOT NULL GROUP BY project_id, strategy
),
ranked AS (
  SELECT measured.*, median, row_number() OVER (ORDER BY amount, id) AS place, count(*) OVER () AS n,
    amount > greatest(hard_cap, median * %s) AS ran_away,
    row_number() OVER (ORDER BY amount, id) * 20 > count(*) OVER () * 19 AS is_top
  FROM measured JOIN classes USING (project_id, strategy) WHERE amount IS NOT NULL
),
placed AS (
  SELECT ranked.*, amount >= min(amount) FILTER (WHERE place * 2 >= n) OVER () AS from_p50,
    amount >= min(amount) FILTER (WHERE place * 100 >= n * 95) OVER () AS from_p95,
    amount >= min(amount) FILTER (WHERE place * 100 >= n * 99) OVER () AS from_p99,
    amount = max(amount) OVER () AS is_most
  FROM ranked
),
unmeasured AS (SELECT id FROM measured WHERE amount IS NULL)"""
CAP = "CASE WHEN budgets -> 'usd' ->> 'hard' ~ '^[0-9.]+$' THEN (budgets -> 'usd' ->> 'hard')::numeric END"
SUMMED = f"""
SELECT count(*) AS n, (SELECT count(*) FROM found) AS found, sum(amount) AS total, max(amount) AS most,
  sum(amount) FILTER (WHERE is_top) AS top, count(*) FILTER (WHERE is_top) AS in_top,
  count(*) FILTER (WHERE ran_away) AS away, sum(amount) FILTER (WHERE ran_away) AS away_amount,
  {", ".join(f"min(amount) FILTER (WHERE place * 100 >= n * {at}) AS p{at}" for at in QUANTILES)}
FROM placed"""  # noqa: S608 - whole numbers are put in
BY_CLASS = """
SELECT strategy, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS median, count(*) AS n,
  count(*) FILTER (WHERE ran_away) AS away, max(amount) AS most
FROM placed GROUP BY strategy ORDER BY away DESC, n DESC, strategy"""
CURVE = f"""
SELECT ceil(place * {POINTS}.0 / n)::int AS point, count(*) AS n, sum(amount) AS amount, max(amount) AS most
FROM placed GROUP BY point ORDER BY point"""  # noqa: S608 - a whole number is put in


def placed(scope: Scope) -> Question:
    """Return the runs whose amount is known as `placed`: amount, place among them, is_top, ran_away, …"""
    found = found_runs(scope, "project_id", "strategy", *MEASURED, "budgets")
    cap = CAP if scope.measure is Measure.COST else "NULL::numeric"
    return then(found, PLACED.format(amount=scope.amount, cap=cap), scope.times)


def read(scope: Scope) -> Section:
    """Return the tail. Raises TooMuch."""
    question = placed(scope)
    (sums,) = ask(question, SUMMED)
    classes = ask(question, BY_CLASS) if sums["n"] else []
    unit = UNITS[scope.measure]
    return Section(
        key=KEY,
        n=sums["n"],
        is_whole=sums["found"] < MOST_RUNS,
        facts=[
            *(_amount(sums, f"p{at}", unit, {f"from_p{at}": "true"}) for at in QUANTILES),
            _amount(sums, "most", unit, {"is_most": "true"}),
            _ratio(sums),
            _part("tail.top", sums, "top", {"is_top": "true"}),
            share("tail.away", sums["away"], sums["n"], {"ran_away": "true"}),
            _part("tail.away_share", sums, "away_amount", {"ran_away": "true"}),
            _amount(sums, "total", unit, {}),
            count("tail.without", sums["found"] - sums["n"], among("unmeasured")),
        ],
        tables=[_classes(classes, unit)],
    )


def read_curve(scope: Scope) -> list[dict[str, Any]]:
    """Return the distribution in at most `POINTS` steps: runs up to there, their amount, the greatest of it.

    The cheapest come first. Raises TooMuch.
    """
    return ask(placed(scope), CURVE)


def _amount(sums: dict[str, Any], name: str, unit: Unit, runs: Cell) -> Fact:
    value = Undefined.NO_SAMPLES if sums[name] is None else sums[name]
    return Fact(key=f"tail.{name}", value=value, unit=unit, n=sums["n"], runs=runs)


def _ratio(sums: dict[str, Any]) -> Fact:
    value = float(sums["p99"] / sums["p50"]) if sums["p50"] else Undefined.NO_SAMPLES
    return Fact(key="tail.ratio", value=value, unit=Unit.RATIO, n=sums["n"], runs={})


def _part(key: str, sums: dict[str, Any], name: str, runs: dict[str, str]) -> Fact:
    part = sums[name] or Decimal(0)
    value = float(part / sums["total"]) if sums["total"] else Undefined.NO_SAMPLES
    return Fact(key=key, value=value, unit=Unit.SHARE, n=sums["n"], runs=runs)


def _classes(classes: list[dict[str, Any]], unit: Unit) -> Table:
    columns = ("tail.of_runs", "tail.median", "tail.most", "tail.of_away")
    rows = []
    for each in classes[:CLASSES_SHOWN]:
        cell = {"strategy": each["strategy"]}
        facts = [
            count("tail.of_runs", each["n"], cell),
            Fact(key="tail.median", value=each["median"], unit=unit, runs=cell),
            Fact(key="tail.most", value=each["most"], unit=unit, runs=cell),
            count("tail.of_away", each["away"], {**cell, "ran_away": "true"}),
        ]
        rows.append(Row(label=each["strategy"], facts=facts))
    left_out = max(0, len(classes) - CLASSES_SHOWN)
    return Table(key="tail.classes", columns=columns, rows=rows, left_out=left_out)
