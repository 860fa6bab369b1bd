"""What a tier buys: how spending is spread over runs and groups, how often each group is right, and, on the questions
that two groups were both asked, what the dearer one bought.

Per task and group Postgres hands over one row, of at most `MOST_TASKS` tasks that more than one group was asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from traces.analytics.inequality import gini
from traces.analytics.paired import MOST_DRAWN as DRAWN_UP_TO
from traces.analytics.paired import compare_paired
from traces.analytics.resampling import interval_over_tasks
from traces.analytics.undefined import Estimate, Undefined
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import GROUPS, MEASURED, MOST_RUNS, Question, Scope, ask, then
from traces.queries.over_runs.told import (
    UNITS,
    Fact,
    How,
    Row,
    Section,
    Table,
    Unit,
    among,
    count,
    estimate,
    share,
)

KEY = "tiers"
GROUPS_SHOWN = 12
MOST_TASKS = 20_000
PAIRS_SHOWN = 15
BESIDE = "is_right IS NOT NULL AND task IN (SELECT task FROM placed WHERE is_right IS NOT NULL AND tier = %s)"
"""Of the runs of one tier, those of questions that another one was asked as well."""
MOST_DRAWN = 1_000
PLACED = """
grouped AS (
  SELECT id, task, is_right, verdicts > 0 AS is_judged, {group} AS tier, {amount} AS amount FROM known
),
placed AS (
  SELECT *, row_number() OVER (ORDER BY amount, id) AS place,
    row_number() OVER (PARTITION BY tier ORDER BY amount, id) AS place_in_tier,
    count(amount) OVER (PARTITION BY tier) AS measured_in_tier
  FROM grouped WHERE tier IS NOT NULL
),
every AS (
  SELECT id, coalesce(task, id::text) AS task, {amount} AS amount,
    row_number() OVER (ORDER BY {amount}, id) AS place FROM known WHERE {amount} IS NOT NULL
),
ungrouped AS (SELECT id FROM known WHERE id NOT IN (SELECT id FROM placed))"""
SUMMED = f""",
largest AS (SELECT tier FROM placed GROUP BY tier ORDER BY count(*) DESC, tier LIMIT {GROUPS_SHOWN}),
shared AS (
  SELECT task FROM placed WHERE is_right IS NOT NULL AND task IS NOT NULL AND tier IN (TABLE largest)
  GROUP BY task HAVING count(DISTINCT tier) > 1 ORDER BY task LIMIT {MOST_TASKS}
)
SELECT 'whole' AS part, NULL AS task, NULL AS tier, count(*) AS n, (SELECT count(*) FROM found) AS known,
  NULL::float8 AS share, (SELECT count(DISTINCT id) FROM placed) AS r,
  (SELECT count(DISTINCT tier) FROM placed) AS judged, sum(amount) AS total, NULL AS mean, count(*) AS measured,
  sum(place * amount) AS weighted, NULL AS median FROM every
UNION ALL
SELECT 'tier', NULL, tier, count(*), count(is_right), NULL, count(*) FILTER (WHERE is_right),
  count(*) FILTER (WHERE is_judged), sum(amount), avg(amount), count(amount), sum(amount * place_in_tier),
  min(amount) FILTER (WHERE place_in_tier * 2 >= measured_in_tier)
FROM placed WHERE tier IN (TABLE largest) GROUP BY tier
UNION ALL
SELECT 'shared', task, tier, count(*), NULL, avg(is_right::int)::float8, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM placed WHERE is_right IS NOT NULL AND tier IN (TABLE largest) AND task IN (TABLE shared) GROUP BY task, tier
ORDER BY part, n DESC, tier, task"""  # noqa: S608 - whole numbers are put in
SHARES = """
SELECT ceil(place * 100.0 / (SELECT count(*) FROM every))::int AS point, count(*) AS n, sum(amount) AS amount,
  max(amount) AS most FROM every GROUP BY point ORDER BY point"""


def placed(scope: Scope) -> Question:
    """Return the runs that belong to a group as `placed`: tier, is_right, is_judged; once for each of their groups."""
    known = known_runs(scope, "task", "tier", "effort", "model_names", "strategy", *MEASURED)
    return then(known, PLACED.format(group=GROUPS[scope.grouping], amount=scope.amount))


def read(scope: Scope) -> Section:
    """Return the tiers. Raises TooMuch."""
    question = placed(scope)
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in ask(question, SUMMED):
        parts[row["part"]].append(row)
    (whole,), shown = parts["whole"], parts["tier"]
    unit = UNITS[scope.measure]
    interval = _gini_interval(question) if 0 < whole["n"] <= MOST_DRAWN else None
    return Section(
        key=KEY,
        n=whole["r"],
        is_whole=whole["known"] < MOST_RUNS,
        facts=[
            estimate(
                "tiers.gini",
                _gini(whole),
                Unit.CHANCE,
                whole["n"],
                interval,
                How.BOOTSTRAP,
                among("every"),
            ),
            count("tiers.without", whole["known"] - whole["r"], among("ungrouped")),
        ],
        tables=[
            Table(
                key="tiers.each",
                columns=[fact.key for fact in _facts(shown[0], whole, unit)] if shown else (),
                rows=[
                    Row(label=each["tier"], is_foreign=True, facts=_facts(each, whole, unit))
                    for each in shown
                ],
                left_out=whole["judged"] - len(shown),
            ),
            _pairs(parts["shared"], shown, unit),
        ],
    )


def read_curve(scope: Scope) -> list[dict[str, Any]]:
    """Return the Lorenz curve in at most 100 steps, the cheapest first, as `tail.read_curve`. Raises TooMuch."""
    return ask(placed(scope), SHARES)


def _gini(row: dict[str, Any], n: str = "n") -> Estimate:
    """Return what `traces.analytics.inequality.gini` does, of ranks and sums."""
    if not row["total"]:
        return Undefined.NO_SAMPLES
    of: int = row[n]
    return float(2 * row["weighted"] / (of * row["total"])) - (of + 1) / of


def _gini_interval(question: Question) -> Any:
    tasks: dict[str, list[float]] = defaultdict(list)
    for row in ask(question, "SELECT task, amount FROM every ORDER BY id"):
        tasks[row["task"]].append(float(row["amount"]))
    return interval_over_tasks(
        list(tasks.values()), lambda drawn: gini(amount for task in drawn for amount in task)
    )


def _facts(each: dict[str, Any], whole: dict[str, Any], unit: Unit) -> list[Fact]:
    cell = {"tier": each["tier"]}
    part = float(each["total"] / whole["total"]) if each["total"] and whole["total"] else None
    return [
        count("tiers.runs", each["n"], cell),
        share("tiers.accuracy", each["r"], each["known"], {**cell, "is_right": "true"}),
        share("tiers.judged", each["judged"], each["n"], {**cell, "is_judged": "true"}),
        Fact(key="tiers.median", value=each["median"], unit=unit, n=each["measured"], runs=cell),
        Fact(key="tiers.mean", value=each["mean"], unit=unit, n=each["measured"], runs=cell),
        Fact(key="tiers.total", value=each["total"], unit=unit, n=each["measured"], runs=cell),
        Fact(key="tiers.part", value=part, unit=Unit.SHARE, n=each["measured"], runs=cell),
        estimate(
            "tiers.gini_of", _gini(each, "measured"), Unit.CHANCE, each["measured"], runs=cell
        ),
    ]


def _pairs(shared: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]], unit: Unit) -> Table:
    """Return each pair of groups that were asked the same questions, the cheaper by its mean first."""
    ordered = sorted(
        groups, key=lambda each: (each["mean"] is None, each["mean"] or Decimal(0), each["tier"])
    )
    tasks: dict[str, dict[str, float]] = defaultdict(dict)
    for row in shared:
        tasks[row["task"]][row["tier"]] = row["share"]
    asked: Counter[tuple[str, ...]] = Counter(
        pair for task in tasks.values() for pair in combinations(sorted(task), 2)
    )
    pairs = [pair for pair in combinations(ordered, 2) if asked[_names(pair)]]
    pairs.sort(key=lambda pair: -asked[_names(pair)])
    rows = [_pair(list(tasks.values()), *pair, unit) for pair in pairs[:PAIRS_SHOWN]]
    columns = [fact.key for fact in rows[0].facts] if rows else ()
    left_out = max(0, len(pairs) - PAIRS_SHOWN)
    return Table(key="tiers.paired", columns=columns, rows=rows, left_out=left_out)


def _names(pair: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted(each["tier"] for each in pair))


def _pair(
    tasks: Sequence[dict[str, float]], low: dict[str, Any], high: dict[str, Any], unit: Unit
) -> Row:
    first, second = low["tier"], high["tier"]
    both = [(task[first], task[second]) for task in tasks if first in task and second in task]
    found = compare_paired(both)
    how = How.BOOTSTRAP if found.questions <= DRAWN_UP_TO else How.NORMAL
    n = found.questions
    cells = {"tier": first, "beside": second}, {"tier": second, "beside": first}
    facts = [
        estimate("tiers.first", found.first, Unit.SHARE, n, runs=cells[0]),
        estimate("tiers.second", found.second, Unit.SHARE, n, runs=cells[1]),
        estimate("tiers.gain", found.gain, Unit.GAIN, n, found.interval, how, cells[1]),
        Fact(key="tiers.questions", value=n, unit=Unit.COUNT, runs=cells[1]),
        Fact(key="tiers.better", value=found.better, unit=Unit.COUNT, runs=cells[1]),
        Fact(key="tiers.worse", value=found.worse, unit=Unit.COUNT, runs=cells[1]),
        Fact(
            key="tiers.more",
            value=_less(high["mean"], low["mean"]),
            unit=unit,
            runs={"tier": second},
        ),
    ]
    return Row(label=f"{first} → {second}", is_foreign=True, facts=facts)


def _less(high: Decimal | None, low: Decimal | None) -> Decimal | None:
    return None if high is None or low is None else high - low
