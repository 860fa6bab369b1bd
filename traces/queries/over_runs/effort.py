"""Whether more effort went with right answers: over all runs, and among tasks of like difficulty.

The difficulty of a task is the share of its runs here that are right, in five bins of equal width (Snell et al. 2024,
arXiv 2408.03314, bin by pass@1 in this way); a task with one run has none. A third of the runs by effort is told by the
middle rank of equal amounts, so that these are never torn apart.

Postgres ranks and sums; one row for each third of each bin comes back. For an interval up to `MOST_DRAWN` are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from traces.analytics.rank_sums import auc_interval, auc_of_ranks
from traces.analytics.resampling import interval_over_tasks
from traces.analytics.separation import auc
from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.wilson import Interval
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import MEASURED, MOST_RUNS, Question, Scope, ask, then
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

KEY = "effort"
BINS = 5
MOST_DRAWN = 1_000
"""Runs up to which an interval is drawn over tasks; beyond, a formula is used, which takes no time."""
ALL, SINGLE = "all", "single"
THIRDS = 3
PLACED = """
asked AS (
  SELECT id, coalesce(task, id::text) AS task, is_right, {amount} AS amount FROM known
),
counted AS (
  SELECT *, CASE WHEN count(*) OVER same > 1 THEN
    least({bins} - 1, count(*) FILTER (WHERE is_right) OVER same * {bins} / count(*) OVER same) END AS bin
  FROM asked WHERE is_right IS NOT NULL AND amount IS NOT NULL WINDOW same AS (PARTITION BY task)
),
ranked AS (
  SELECT *, coalesce(bin::text, '{single}') AS difficulty,
    2 * rank() OVER (ORDER BY amount) + count(*) OVER (PARTITION BY amount) - 1 AS rank_all,
    2 * rank() OVER (PARTITION BY bin ORDER BY amount) + count(*) OVER (PARTITION BY bin, amount) - 1 AS rank_bin,
    2 * rank() OVER (PARTITION BY task ORDER BY amount) + count(*) OVER (PARTITION BY task, amount) - 1 AS rank_task,
    count(*) OVER () AS n_all, count(*) OVER (PARTITION BY bin) AS n_bin,
    bool_or(is_right) OVER (PARTITION BY task) AND NOT bool_and(is_right) OVER (PARTITION BY task) AS is_mixed
  FROM counted
),
unknown AS (SELECT id FROM asked WHERE is_right IS NULL),
unmeasured AS (SELECT id FROM asked WHERE is_right IS NOT NULL AND amount IS NULL),
placed AS (
  SELECT *, (rank_all - 1) * 3 / (2 * n_all) AS third, (rank_bin - 1) * 3 / (2 * n_bin) AS third_bin FROM ranked
)"""
SUMMED = """,
tasks AS (
  SELECT count(*) AS n, count(*) FILTER (WHERE is_right) AS r, sum(rank_task) FILTER (WHERE is_right) AS ranks
  FROM placed GROUP BY task
)
SELECT 'all' AS difficulty, third, count(*) AS n, count(*) FILTER (WHERE is_right) AS r,
  coalesce(sum(rank_all) FILTER (WHERE is_right), 0)::bigint AS ranks, min(amount) AS least, max(amount) AS most
FROM placed GROUP BY third
UNION ALL
SELECT difficulty, third_bin, count(*), count(*) FILTER (WHERE is_right),
  coalesce(sum(rank_bin) FILTER (WHERE is_right), 0)::bigint, min(amount), max(amount) FROM placed GROUP BY 1, 2
UNION ALL
SELECT 'task', NULL, sum(n)::bigint, sum(r * (n - r))::bigint, sum(ranks - r * (r + 1))::bigint, NULL, NULL
FROM tasks WHERE r > 0 AND r < n
UNION ALL
SELECT 'lack', NULL, (SELECT count(*) FROM found), count(*) FILTER (WHERE is_right IS NULL),
  count(*) FILTER (WHERE is_right IS NOT NULL AND amount IS NULL), NULL, NULL FROM asked
ORDER BY 1, 2"""


def placed(scope: Scope) -> Question:
    """Return the runs that are counted as `placed`: difficulty, third of all and of its bin, is_right."""
    known = known_runs(scope, "task", *MEASURED)
    return then(known, PLACED.format(amount=scope.amount, bins=BINS, single=SINGLE))


def read(scope: Scope) -> Section:
    """Return effort against correctness. Raises TooMuch."""
    question = placed(scope)
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in ask(question, SUMMED):
        groups[row["difficulty"]].append(row)
    (lack,), (same,) = groups.pop("lack"), groups.pop("task")
    whole = groups.pop(ALL, [])
    n, right = _sum(whole, "n"), _sum(whole, "r")
    area = _area(whole)
    interval, how = _interval(question, area, n, right)
    return Section(
        key=KEY,
        n=n,
        is_whole=lack["n"] < MOST_RUNS,
        facts=[
            estimate("effort.auc", area, Unit.CHANCE, n, interval, how, {}),
            _within(same),
            count("effort.unknown", lack["r"], among("unknown")),
            count("effort.unmeasured", lack["ranks"], among("unmeasured")),
        ],
        tables=[_thirds(scope, whole), _bins(groups)],
    )


def _area(rows: Sequence[dict[str, Any]]) -> Estimate:
    n, right = _sum(rows, "n"), _sum(rows, "r")
    return auc_of_ranks(right, n - right, _sum(rows, "ranks"))


def _sum(rows: Sequence[dict[str, Any]], name: str) -> int:
    return sum(row[name] for row in rows)


def _within(same: dict[str, Any]) -> Fact:
    pairs = same["r"] or 0
    value = same["ranks"] / (2 * pairs) if pairs else Undefined.ONE_CLASS
    return estimate("effort.within", value, Unit.CHANCE, same["n"] or 0, runs={"is_mixed": "true"})


def _interval(
    question: Question, area: Estimate, n: int, right: int
) -> tuple[Interval | Undefined, How]:
    if n > MOST_DRAWN:
        return auc_interval(area, right, n - right), How.HANLEY
    tasks: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for row in ask(question, "SELECT task, amount, is_right FROM placed ORDER BY id"):
        tasks[row["task"]].append((float(row["amount"]), row["is_right"]))
    return interval_over_tasks(list(tasks.values()), _area_of_tasks), How.BOOTSTRAP


def _area_of_tasks(tasks: Sequence[Sequence[tuple[float, bool]]]) -> Estimate:
    return auc(run for task in tasks for run in task)


def _thirds(scope: Scope, rows: Sequence[dict[str, Any]]) -> Table:
    """Return the thirds of all runs together, with what they reach from and to."""
    told = []
    for row in rows:
        cell = {"third": str(row["third"])}
        facts = [
            count("effort.runs", row["n"], cell),
            share("effort.accuracy", row["r"], row["n"], {**cell, "is_right": "true"}),
            *(
                Fact(key=f"effort.{end}", value=row[end], unit=UNITS[scope.measure], runs=cell)
                for end in ("least", "most")
            ),
        ]
        told.append(Row(label=f"third_{row['third']}", facts=facts))
    columns = ("effort.runs", "effort.accuracy", "effort.least", "effort.most")
    return Table(key="effort.thirds", columns=columns, rows=told)


def _bins(groups: dict[str, list[dict[str, Any]]]) -> Table:
    """Return a row for each bin of difficulty: the effort-AUC in it, and how many are right in each of its thirds."""
    columns = ("effort.runs", "effort.auc_bin", *(f"effort.third_{at}" for at in range(THIRDS)))
    told = [
        Row(label=f"difficulty_{name}", facts=list(_bin(name, groups[name])))
        for name in sorted(groups)
    ]
    return Table(key="effort.bins", columns=columns, rows=told)


def _bin(name: str, rows: Sequence[dict[str, Any]]) -> Iterator[Fact]:
    n, within = _sum(rows, "n"), {"difficulty": name}
    yield count("effort.runs", n, within)
    yield estimate("effort.auc_bin", _area(rows), Unit.CHANCE, n, runs=within)
    counted = {row["third"]: (row["r"], row["n"]) for row in rows}
    for at in range(THIRDS):
        right, of = counted.get(at, (0, 0))
        cell = {**within, "third_bin": str(at), "is_right": "true"}
        yield share(f"effort.third_{at}", right, of, cell)
