"""Whether confidence can be believed: what was said, against what was so.

Confidence is what the program stated of its answer. Where it stated none, the share of the samples whose answer is the
one that was returned; and where a run of samples returned none at all, the share of the answer that most have, of equal
ones the first proposed (self-consistency). The three are never put together: each has figures of its own.

Votes are counted in Postgres, over the candidates of at most the newest runs that have `MOST_CANDIDATES` together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from traces.analytics.binned import (
    Bin,
    Miss,
    brier_of_bins,
    brier_of_tasks,
    error_of_bins,
    error_of_tasks,
)
from traces.analytics.resampling import interval_over_tasks
from traces.analytics.undefined import Estimate
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import MOST_RUNS, Question, Scope, ask, then
from traces.queries.over_runs.told import (
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

KEY = "calibration"
MOST_CANDIDATES = 300_000
MOST_DRAWN = 1_000
SOURCES = ("stated", "returned", "most_voted")
PLACED = f"""
sampled AS (
  SELECT id FROM (
    SELECT id, sum(candidates) OVER (ORDER BY id DESC) AS so_far FROM known
    WHERE stated_confidence IS NULL AND candidates > 1
  ) AS newest WHERE so_far <= {MOST_CANDIDATES}
),
votes AS (
  SELECT candidate.run_id, md5(coalesce(cluster, normalised, answer)) AS answer, count(*) AS votes,
    min(candidate.seq) AS first, bool_or(candidate.correct) AS any_right, bool_and(candidate.correct) AS all_right
  FROM sampled CROSS JOIN LATERAL (SELECT * FROM traces_candidate WHERE run_id = sampled.id OFFSET 0) AS candidate
  WHERE coalesce(cluster, normalised, answer) IS NOT NULL GROUP BY 1, 2
),
shares AS (
  SELECT *, votes::float8 / sum(votes) OVER (PARTITION BY run_id) AS share,
    row_number() OVER (PARTITION BY run_id ORDER BY votes DESC, first) AS place,
    sum(votes) OVER (PARTITION BY run_id) AS cast_votes
  FROM votes
),
told AS (
  SELECT id, task, 'stated' AS source, stated_confidence AS confidence, is_right FROM known
  WHERE stated_confidence IS NOT NULL
  UNION ALL
  SELECT known.id, task, 'returned', share, is_right FROM known
  JOIN traces_candidate AS chosen ON chosen.run_id = known.id AND chosen.node_id = known.selected_node
  JOIN shares ON shares.run_id = known.id AND shares.answer = md5(coalesce(cluster, normalised, chosen.answer))
  WHERE stated_confidence IS NULL AND known.candidates > 1 AND cast_votes > 1
  UNION ALL
  SELECT known.id, task, 'most_voted', share, CASE WHEN any_right = all_right THEN all_right END FROM known
  JOIN shares ON shares.run_id = known.id AND place = 1
  WHERE stated_confidence IS NULL AND selected_node IS NULL AND cast_votes > 1
),
fit AS (
  SELECT *, confidence BETWEEN 0 AND 1 AS is_probability FROM told
),
placed AS (
  SELECT id, coalesce(task, id::text) AS task, source, confidence, is_right,
    least(9, floor(confidence * 10))::int AS bin
  FROM fit WHERE is_probability AND is_right IS NOT NULL
),
unknown AS (SELECT id FROM fit WHERE is_right IS NULL),
no_probability AS (SELECT id FROM fit WHERE NOT is_probability)"""  # noqa: S608 - a whole number is put in
SUMMED = """
SELECT source, bin, count(*) AS n, sum(confidence) AS confidence, count(*) FILTER (WHERE is_right) AS r,
  sum((confidence - is_right::int) ^ 2) AS squares FROM placed GROUP BY source, bin
UNION ALL
SELECT 'lack', NULL, count(*) FILTER (WHERE is_right IS NULL), NULL,
  count(*) FILTER (WHERE NOT is_probability), (SELECT count(*) FROM found) FROM fit
ORDER BY 1, 2"""


def placed(scope: Scope) -> Question:
    """Return the runs with a confidence whose outcome is known as `placed`: source, bin, is_right."""
    return then(known_runs(scope, "task", "stated_confidence"), PLACED)


def read(scope: Scope) -> Section:
    """Return calibration by source of confidence. Raises TooMuch."""
    question = placed(scope)
    sources: dict[str, list[Bin]] = defaultdict(list)
    for row in ask(question, SUMMED):
        sums = (row["confidence"], row["r"], row["squares"])
        sources[row["source"]].append(Bin(row["bin"], row["n"], *sums))
    (lack,) = sources.pop("lack")
    n = sum(each.runs for bins in sources.values() for each in bins)
    drawn = _tasks(question) if 0 < n <= MOST_DRAWN else {}
    return Section(
        key=KEY,
        n=n,
        is_whole=lack.squares < MOST_RUNS,
        facts=[
            count("calibration.unknown", lack.runs, among("unknown")),
            count("calibration.no_probability", lack.right, among("no_probability")),
        ],
        tables=[
            _table(source, sources[source], drawn.get(source))
            for source in SOURCES
            if source in sources
        ],
    )


Tasks = Sequence[Sequence[Miss]]


def _tasks(question: Question) -> dict[str, Tasks]:
    found: dict[str, dict[str, list[Miss]]] = defaultdict(lambda: defaultdict(list))
    for row in ask(
        question,
        "SELECT source, task, bin, confidence - is_right::int AS miss FROM placed ORDER BY id",
    ):
        found[row["source"]][row["task"]].append((row["bin"], row["miss"]))
    return {source: list(tasks.values()) for source, tasks in found.items()}


def _table(source: str, bins: Sequence[Bin], tasks: Tasks | None) -> Table:
    n, right = sum(each.runs for each in bins), sum(each.right for each in bins)
    said = sum(each.confidence for each in bins) / n
    cell = {"source": source}
    return Table(
        key=f"calibration.{source}",
        columns=("calibration.said", "calibration.so", "calibration.runs"),
        rows=[_row(cell, each) for each in bins],
        facts=[
            _score("calibration.ece", error_of_bins(bins), n, cell, tasks, error_of_tasks),
            _score("calibration.brier", brier_of_bins(bins), n, cell, tasks, brier_of_tasks),
            Fact(key="calibration.mean", value=said, unit=Unit.CHANCE, n=n, runs=cell),
            share("calibration.accuracy", right, n, {**cell, "is_right": "true"}),
        ],
    )


def _row(cell: dict[str, str], each: Bin) -> Row:
    within = {**cell, "bin": str(each.number)}
    facts = [
        Fact(
            key="calibration.said",
            value=each.mean_confidence,
            unit=Unit.CHANCE,
            n=each.runs,
            runs=within,
        ),
        share("calibration.so", each.right, each.runs, {**within, "is_right": "true"}),
        count("calibration.runs", each.runs, within),
    ]
    return Row(label=f"bin_{each.number}", facts=facts)


def _score(
    key: str,
    value: Estimate,
    n: int,
    cell: dict[str, str],
    tasks: Tasks | None,
    statistic: Callable[[Tasks], Estimate],
) -> Fact:
    interval = interval_over_tasks(tasks, statistic) if tasks else None
    return estimate(key, value, Unit.CHANCE, n, interval, How.BOOTSTRAP, cell)
