"""Runs for statistics: each with an outcome, a spending and whatever else is asked of it, in one call."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from deliberation.events import AnswerSelected, CandidateProposed, RunEnded, RunStarted
from deliberation.vocabulary import Cost, CostProvenance, NodeKind, ObservedState, Usage
from tests.integration.build import make_event, new_run, observed, put_on_record
from traces.models import Project
from traces.queries.access import Who
from traces.queries.frontier import get_frontier
from traces.queries.frontier_asked import RIGHT, FrontierAsked
from traces.queries.frontier_curves import Rule
from traces.queries.judged_runs import read_judged_runs
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import Scope, ask
from traces.queries.over_runs.sections import SECTIONS, list_members
from traces.queries.over_runs.told import Fact, Section
from traces.queries.run_filters import RunFilters

RECORDED = FrontierAsked(measure=RIGHT, rules=(Rule.ANY,))
"""Accuracy by what is known to be right, with the curve that takes no time."""


def answered(
    project: Project,
    *,
    right: bool | None = None,
    cost: str | None = None,
    output: int | None = None,
    reasoning: int | None = None,
    seen: str | None = None,
    model: str = "m",
    confidence: float | None = None,
    **started: Any,
) -> str:
    """A run of one call, whose answer is right or wrong, or nobody knows."""
    run = new_run()
    money = None if cost is None else Cost(amount=Decimal(cost), provenance=CostProvenance.REPORTED)
    usage = None if output is None else Usage(input=10, output=output, reasoning=reasoning)
    call = {
        "node_kind": NodeKind.MODEL_CALL,
        "model": model,
        "usage": usage,
        "cost": money,
        "reasoning": seen,
    }
    put_on_record(
        project,
        make_event(RunStarted, run, **started),
        observed(run, "c", **{name: value for name, value in call.items() if value is not None}),
        make_event(CandidateProposed, run, node="c", answer="42", correct=right),
        make_event(AnswerSelected, run, node="c"),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, stated_confidence=confidence),
    )
    return run


def facts_of(section: Section) -> list[Fact]:
    """Every figure of a section, those of tables among them."""
    of_tables = [
        fact
        for table in section.tables
        for fact in (*table.facts, *(fact for row in table.rows for fact in row.facts))
    ]
    return [*section.facts, *of_tables]


def fact(section: Section, key: str) -> Fact:
    """The first figure of that name."""
    return next(each for each in facts_of(section) if each.key == key)


def counted(scope: Any, section: str, figure: Fact) -> list[uuid.UUID]:
    """All runs that a figure leads to."""
    found: list[uuid.UUID] = []
    cursor = None
    assert figure.runs is not None
    while True:
        page = list_members(scope=scope, section=section, cell=figure.runs, cursor=cursor, limit=5)
        found += [run.id for run in page.items]
        if page.next is None:
            return found
        cursor = page.next


def read(scope: Any, section: str) -> Section:
    """A section by its name."""
    return SECTIONS[section].read(scope)


def concluded(who: Who) -> dict[str, bool | None]:
    """What is known of each run that `who` may see: for analytics as for accuracy against cost."""
    scope = Scope(who=who, filters=RunFilters())
    rows = ask(known_runs(scope), "SELECT id, is_right FROM known")
    known = {row["id"]: row["is_right"] for row in rows}
    judged = read_judged_runs(who=who, filters=RunFilters(), judge=None)
    assert {run.id: run.outcome for run in judged.runs} == known
    right = fact(read(scope, "outcomes"), "outcomes.right")
    shown = get_frontier(who=who, filters=RunFilters(), asked=RECORDED)
    assert sum(point.runs for point in shown.points if point.rule is None) == right.n
    return {str(run_id): is_right for run_id, is_right in known.items()}
