"""The page of a project's policies: what waits for a person, and what runs may spend, with all versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.vocabulary import OnHit, Risk, SideEffect, Strategy
from traces.actions.keep_policy import NEXT_ROLES
from traces.queries.approval_policies import default_policy, list_policies
from traces.queries.budget_policies import list_budget_policies
from traces.queries.policy_histories import AnyVersion, History, tell_histories
from traces.queries.projects import ProjectRow, get_project
from traces.views.access import for_people
from traces.views.approval_policy_form import ApprovalPolicyForm
from traces.views.budget_policy_form import BudgetPolicyForm
from traces.views.owned import is_owner

WORDS: dict[str, Any] = {
    "effects": [each.value for each in SideEffect],
    "risks": [each.value for each in Risk],
    "next_roles": NEXT_ROLES,
    "strategies": [each.value for each in Strategy],
    "on_hits": [each.value for each in OnHit],
}
"""What can be chosen from."""


@for_people
def policies(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; `?approval=` or `?budget=` is the name of a policy whose next version is to be written."""
    return show_policies(request, get_project(who=request.user, slug=slug))


def show_policies(
    request: HttpRequest, project: ProjectRow, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Return the page; `more` is a form that could not be taken, or a version that somebody else has ended."""
    approvals = tell_histories(list_policies(project.id))
    budgets = tell_histories(list_budget_policies(project.id))
    approval = _in_force(approvals, request.GET.get("approval"))
    budget = _in_force(budgets, request.GET.get("budget"))
    context = {
        "project": project,
        "project_page": "policies",
        "may_change": is_owner(request, project),
        "approvals": approvals,
        "budgets": budgets,
        "always": default_policy(),
        "approval_form": ApprovalPolicyForm.to_change(approval)
        if approval
        else ApprovalPolicyForm.blank(),
        "budget_form": BudgetPolicyForm.to_change(budget) if budget else BudgetPolicyForm.blank(),
    }
    return render(request, "policies/page.html", WORDS | context | more, status=status)


def _in_force(histories: list[History[AnyVersion]], name: str | None) -> AnyVersion | None:
    return next((each.in_force for each in histories if each.name == name), None)
