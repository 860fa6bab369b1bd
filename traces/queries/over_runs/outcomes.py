"""What is known of the runs at all: how many returned a right answer, and on whose word."""

from __future__ import annotations

from traces.queries.known_right import Basis
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import MOST_RUNS, Question, Scope, ask, then
from traces.queries.over_runs.told import Row, Section, Table, count, share

KEY = "outcomes"
PLACED = """
placed AS (SELECT id, is_right, coalesce(basis, 'not_known') AS basis FROM known)"""
SUMMED = """
SELECT basis, count(*) AS n, count(*) FILTER (WHERE is_right) AS r FROM placed GROUP BY basis"""
BASES = (Basis.OUTCOME.value, Basis.REFERENCE.value, Basis.EXACT_CHECK.value)


def placed(scope: Scope) -> Question:
    """Return all runs that match as `placed`: is_right, basis."""
    return then(known_runs(scope), PLACED)


def read(scope: Scope) -> Section:
    """Return how many runs are known to be right, by what is known of them. Raises TooMuch."""
    found = {row["basis"]: row for row in ask(placed(scope), SUMMED)}
    n = sum(row["n"] for row in found.values())
    known = [found[basis] for basis in BASES if basis in found]
    of = sum(row["n"] for row in known)
    return Section(
        key=KEY,
        n=n,
        is_whole=n < MOST_RUNS,
        facts=[
            count("outcomes.runs", n, {}),
            share("outcomes.right", sum(row["r"] for row in known), of, {"is_right": "true"}),
            count("outcomes.unknown", n - of, {"basis": "not_known"}),
        ],
        tables=[
            Table(
                key="outcomes.basis",
                columns=("outcomes.of_runs", "outcomes.accuracy"),
                rows=[
                    Row(
                        label=row["basis"],
                        facts=[
                            count("outcomes.of_runs", row["n"], {"basis": row["basis"]}),
                            share(
                                "outcomes.accuracy",
                                row["r"],
                                row["n"],
                                {"basis": row["basis"], "is_right": "true"},
                            ),
                        ],
                    )
                    for row in known
                ],
            )
        ],
    )
