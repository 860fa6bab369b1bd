"""How much of the reasoning that was paid for can be read: visible characters per billed reasoning token.

Over the calls that state reasoning tokens and are counted once, as in `traces.queries.legibility`, of at most the
newest runs that have `MOST_NODES` nodes together: a call stands among the nodes of its run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traces.analytics.undefined import Undefined
from traces.queries.legibility import FULL_FROM
from traces.queries.over_runs.scope import MOST_RUNS, Question, Scope, ask, found_runs, then
from traces.queries.over_runs.told import Cell, Fact, Row, Section, Table, Unit, among, count

KEY = "legibility"
MOST_NODES = 500_000
MODELS_SHOWN = 20
PLACED = f"""
reasoned AS (
  SELECT id, output_tokens FROM (
    SELECT id, output_tokens, sum(nodes) OVER (ORDER BY id DESC) AS so_far FROM found WHERE reasoning_tokens > 0
  ) AS newest WHERE so_far <= {MOST_NODES}
),
calls AS (
  SELECT node.run_id AS id, coalesce(node.model, '') AS model, count(*) AS calls,
    count(*) FILTER (WHERE coalesce(reasoning_chars, 0) = 0) AS unseen,
    coalesce(sum(reasoning_chars), 0) AS chars, sum(node.reasoning_tokens) AS tokens,
    sum(greatest(node.output_tokens, node.reasoning_tokens)) AS written
  FROM reasoned CROSS JOIN LATERAL (
    SELECT * FROM traces_node WHERE run_id = reasoned.id AND reasoning_tokens > 0 AND aside IS NULL OFFSET 0
  ) AS node GROUP BY 1, 2
),
placed AS (
  SELECT *, CASE WHEN chars = 0 THEN 'unseen' WHEN chars >= tokens * {FULL_FROM} THEN 'full' ELSE 'summary' END AS seen
  FROM calls
),
unbilled AS (SELECT id FROM found WHERE coalesce(reasoning_tokens, 0) <= 0)"""  # noqa: S608 - numbers are put in
SUMMED = """
SELECT model, count(*) AS n, sum(calls)::bigint AS calls, sum(unseen)::bigint AS unseen, sum(chars)::bigint AS chars,
  sum(tokens)::bigint AS tokens, sum(written)::bigint AS written FROM placed GROUP BY model
UNION ALL
SELECT NULL, count(DISTINCT id), sum(calls)::bigint, sum(unseen)::bigint, sum(chars)::bigint, sum(tokens)::bigint,
  sum(written)::bigint FROM placed
ORDER BY tokens DESC NULLS LAST, model"""
SEEN = """
SELECT (SELECT count(*) FROM found) AS found, (SELECT count(*) FROM found WHERE reasoning_tokens > 0) AS reasoned,
  count(*) FILTER (WHERE seen = 'full') AS full, count(*) FILTER (WHERE seen = 'summary') AS summary,
  count(*) FILTER (WHERE seen = 'unseen') AS unseen FROM placed"""


def placed(scope: Scope) -> Question:
    """Return runs and models with billed reasoning as `placed`: model, and whether it is seen in full."""
    return then(found_runs(scope, "reasoning_tokens", "output_tokens", "nodes"), PLACED)


def read(scope: Scope) -> Section:
    """Return legibility, altogether and by model. Raises TooMuch."""
    question = placed(scope)
    rows = ask(question, SUMMED)
    whole = next(row for row in rows if row["model"] is None)
    models = [row for row in rows if row["model"] is not None]
    (seen,) = ask(question, SEEN)
    return Section(
        key=KEY,
        n=whole["n"],
        is_whole=seen["found"] < MOST_RUNS and whole["n"] == seen["reasoned"],
        facts=[
            _ratio(whole, {}),
            _reasoning(whole, {}),
            _unseen(whole, {}),
            count("legibility.without", seen["found"] - seen["reasoned"], among("unbilled")),
        ],
        tables=[_seen(seen), _models(models)],
    )


def _ratio(row: dict[str, Any], runs: Cell) -> Fact:
    value = row["chars"] / row["tokens"] if row["tokens"] else Undefined.NO_SAMPLES
    return Fact(key="legibility.ratio", value=value, unit=Unit.RATIO, n=row["n"], runs=runs)


def _reasoning(row: dict[str, Any], runs: Cell) -> Fact:
    value = row["tokens"] / row["written"] if row["written"] else Undefined.NO_SAMPLES
    return Fact(key="legibility.reasoning", value=value, unit=Unit.SHARE, n=row["n"], runs=runs)


def _unseen(row: dict[str, Any], runs: Cell) -> Fact:
    value = row["unseen"] / row["calls"] if row["calls"] else Undefined.NO_SAMPLES
    return Fact(
        key="legibility.unseen", value=value, unit=Unit.SHARE, n=row["calls"] or 0, runs=runs
    )


def _seen(seen: dict[str, Any]) -> Table:
    rows = [
        Row(label=f"seen_{name}", facts=[count("legibility.runs", seen[name], {"seen": name})])
        for name in ("full", "summary", "unseen")
        if seen[name]
    ]
    return Table(key="legibility.seen", columns=("legibility.runs",), rows=rows)


def _models(models: Sequence[dict[str, Any]]) -> Table:
    rows = []
    for each in models[:MODELS_SHOWN]:
        cell = {"model": each["model"]}
        facts = [
            _ratio(each, cell),
            Fact(key="legibility.chars", value=each["chars"], unit=Unit.COUNT, runs=cell),
            Fact(key="legibility.tokens", value=each["tokens"], unit=Unit.TOKENS, runs=cell),
            _reasoning(each, cell),
            _unseen(each, cell),
            count("legibility.runs", each["n"], cell),
        ]
        rows.append(Row(label=each["model"] or "–", facts=facts, is_foreign=True))
    columns = [fact.key for fact in rows[0].facts] if rows else ()
    left_out = max(0, len(models) - MODELS_SHOWN)
    return Table(key="legibility.models", columns=columns, rows=rows, left_out=left_out)
