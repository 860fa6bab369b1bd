"""The addresses of budgets: what a run may spend, and what it spent of that."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.budget_shapes import Budget, Budgets
from traces.api.problems import answers, tell_problems
from traces.models.access import Scope
from traces.queries.access import see_run
from traces.queries.budget_lines import budget_lines
from traces.queries.clock import read_clock
from traces.queries.leases import read_lease

router = Router(auth=[Key(Scope.READ), Session()], tags=["budgets"])
router.add_decorator(tell_problems, mode="view")


@router.get("/runs/{run_id}/budgets", response=answers(Budgets), summary="A run's budgets")
def list_budgets(
    request: HttpRequest, run_id: Annotated[str, Path(description="The run's UUID")]
) -> Budgets:
    """Each limit, where it comes from, and what is spent and reserved of it."""
    run = see_run(asker_of(request), run_id)
    rows = budget_lines(run, read_lease(run.id), read_clock())
    return Budgets(items=[Budget.of(row) for row in rows], next=None)
