"""Which budgets were hit, what was to happen then, and how the runs ended that hit them.

From the limits that a run's row keeps (`traces.analytics.budget_line`): those of the latest version. A hit of a version
that was raised since stands in the run's ledger, and is not counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliberation.vocabulary import Dimension, LimitKind
from traces.queries.over_runs.scope import MOST_RUNS, Question, Scope, ask, found_runs, then
from traces.queries.over_runs.told import Row, Section, Table, among, count, share

KEY = "budgets"
PLACED = """
lines AS (
  SELECT id, observed_state AS state, key AS dimension,
    CASE jsonb_typeof(value) WHEN 'string' THEN jsonb_build_object('hard', value) ELSE value END AS line
  FROM found, jsonb_each(budgets)
),
placed AS (
  SELECT id, state, dimension, 'hard' AS which, coalesce(line ->> 'on_hit', 'stop') AS action,
    line ? 'hard_hit_ns' AS is_hit FROM lines WHERE line ? 'hard'
  UNION ALL
  SELECT id, state, dimension, 'soft', coalesce(line ->> 'on_soft', 'warn'), line ? 'soft_hit_ns'
  FROM lines WHERE line ? 'soft'
),
unlimited AS (SELECT id FROM found WHERE id NOT IN (SELECT id FROM placed))"""
SUMMED = """
SELECT dimension, which, count(*) AS n, count(*) FILTER (WHERE is_hit) AS hits FROM placed GROUP BY 1, 2"""
ENDED = """
SELECT dimension, which, action, state, count(*) AS n FROM placed WHERE is_hit
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4"""
WHOLE = """
SELECT (SELECT count(*) FROM found) AS found, count(DISTINCT id) AS n,
  count(DISTINCT id) FILTER (WHERE is_hit AND which = 'hard') AS hard,
  count(DISTINCT id) FILTER (WHERE is_hit AND which = 'soft') AS soft FROM placed"""
ORDER = {each.value: place for place, each in enumerate(Dimension)}
SHOWN = 40


def placed(scope: Scope) -> Question:
    """Return each limit of each run as `placed`: dimension, which, action, is_hit, and the run's state."""
    return then(found_runs(scope, "budgets", "observed_state"), PLACED)


def read(scope: Scope) -> Section:
    """Return the budgets. Raises TooMuch."""
    question = placed(scope)
    (whole,) = ask(question, WHOLE)
    limits = sorted(
        ask(question, SUMMED), key=lambda each: (ORDER.get(each["dimension"], 99), each["which"])
    )
    n = whole["n"]
    return Section(
        key=KEY,
        n=n,
        is_whole=whole["found"] < MOST_RUNS,
        facts=[
            share("budgets.hard", whole["hard"], n, _hit(which=LimitKind.HARD.value)),
            share("budgets.soft", whole["soft"], n, _hit(which=LimitKind.SOFT.value)),
            count("budgets.without", whole["found"] - n, among("unlimited")),
        ],
        tables=[_limits(limits), _ends(ask(question, ENDED))],
    )


def _hit(**cell: str) -> dict[str, str]:
    return {**cell, "is_hit": "true"}


def _limits(limits: Sequence[dict[str, Any]]) -> Table:
    rows = []
    for each in limits:
        cell = {name: each[name] for name in ("dimension", "which")}
        facts = [
            count("budgets.limited", each["n"], cell),
            count("budgets.hits", each["hits"], _hit(**cell)),
            share("budgets.share", each["hits"], each["n"], _hit(**cell)),
        ]
        rows.append(Row(label=f"{each['dimension']} {each['which']}", facts=facts))
    columns = ("budgets.limited", "budgets.hits", "budgets.share")
    return Table(key="budgets.limits", columns=columns, rows=rows)


def _ends(ends: Sequence[dict[str, Any]]) -> Table:
    rows = []
    for each in ends[:SHOWN]:
        cell = _hit(**{name: each[name] for name in ("dimension", "which", "action", "state")})
        label = f"{each['dimension']} {each['which']} → {each['action']} → {each['state']}"
        rows.append(Row(label=label, facts=[count("budgets.runs", each["n"], cell)]))
    left_out = max(0, len(ends) - SHOWN)
    return Table(key="budgets.ends", columns=("budgets.runs",), rows=rows, left_out=left_out)
