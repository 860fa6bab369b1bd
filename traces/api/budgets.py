"""The addresses of budgets: what a run may spend, what it spent of that, and a project's policies of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from traces.actions.keep_budget_policy import end_budget_policy, keep_budget_policy
from traces.api.auth import Key, Session, asker_of
from traces.api.budget_shapes import (
    Budget,
    BudgetPolicies,
    BudgetPolicy,
    BudgetPolicyToKeep,
    Budgets,
)
from traces.api.problems import answers, tell_problems
from traces.api.versions import Versioned, find_version
from traces.models.access import Role, Scope
from traces.queries.access import see_run
from traces.queries.budget_lines import budget_lines
from traces.queries.budget_policies import list_budget_policies
from traces.queries.clock import read_clock
from traces.queries.leases import read_lease
from traces.queries.projects import get_project

MAY_CHANGE = [Key(Scope.ADMIN), Session(Role.OWNER)]

router = Router(auth=[Key(Scope.READ), Session()], tags=["budgets"])
router.add_decorator(tell_problems, mode="view")

OfProject = Annotated[str | None, Query(max_length=50, description="Of several, which")]


@router.get("/runs/{run_id}/budgets", response=answers(Budgets), summary="A run's budgets")
def list_budgets(
    request: HttpRequest, run_id: Annotated[str, Path(description="The run's UUID")]
) -> Budgets:
    """Each limit, where it comes from, and what is spent and reserved of it."""
    run = see_run(asker_of(request), run_id)
    rows = budget_lines(run, read_lease(run.id), read_clock())
    return Budgets(items=[Budget.of(row) for row in rows], next=None)


@router.get(
    "/budget-policies", response=answers(BudgetPolicies), summary="What runs may spend by default"
)
def list_policies(request: HttpRequest, project: OfProject = None) -> BudgetPolicies:
    """All versions, by name, the newest first; the one without an end is in force."""
    found = get_project(who=asker_of(request), slug=project)
    rows = list_budget_policies(found.id)
    return BudgetPolicies(items=[BudgetPolicy.of(row) for row in rows], next=None)


@router.post(
    "/budget-policies",
    response=answers(BudgetPolicy, 201),
    auth=MAY_CHANGE,
    summary="Put a policy of budgets in force, or its next version",
)
def put_policy(request: HttpRequest, wanted: BudgetPolicyToKeep) -> Status[BudgetPolicy]:
    """Runs that it matches have its limits from their next event on, where these are tighter than their own."""
    asker = asker_of(request)
    project = get_project(who=asker, slug=wanted.project)
    kept = keep_budget_policy(
        project_id=project.id, terms=wanted.terms(), by=asker.by, now=dt.datetime.now(dt.UTC)
    )
    return Status(201, _shape(project.id, kept))


@router.post(
    "/budget-policies/{name}/end",
    response=answers(BudgetPolicy),
    auth=MAY_CHANGE,
    summary="End a policy of budgets",
)
def end_policy(
    request: HttpRequest, name: Annotated[str, Path(max_length=50)], project: OfProject = None
) -> BudgetPolicy:
    """It stays as history, and runs that have its limits keep them."""
    asker = asker_of(request)
    found = get_project(who=asker, slug=project)
    now = dt.datetime.now(dt.UTC)
    ended = end_budget_policy(project_id=found.id, name=name, by=asker.by, now=now)
    return _shape(found.id, ended)


def _shape(project_id: int, kept: Versioned) -> BudgetPolicy:
    return BudgetPolicy.of(find_version(list_budget_policies(project_id), kept))
