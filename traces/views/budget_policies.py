"""Putting a policy of budgets in force, and ending it, as an owner of the project."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from traces.actions.conflict import Unfit
from traces.actions.keep_budget_policy import end_budget_policy, keep_budget_policy
from traces.queries.access import NotVisible
from traces.queries.budget_policies import list_budget_policies
from traces.views.budget_policy_form import BudgetPolicyForm
from traces.views.owned import form_on, get_owned, read_time
from traces.views.policies import show_policies
from traces.views.policy_versions import find_version
from traces.views.see_other import see_other


@form_on("policies")
def put(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a policy in force, or its next version."""
    project, owner = get_owned(request, slug)
    form = BudgetPolicyForm.of(request.POST)
    try:
        keep_budget_policy(
            project_id=project.id,
            terms=form.terms(),
            by=owner.by,
            now=read_time(),
            replaces=form.replaces(),
        )
    except Unfit as unfit:
        form.note(unfit)
        return show_policies(request, project, budget_form=form, status=400)
    return see_other("policies", slug=slug)


@form_on("policies")
def end(request: HttpRequest, slug: str, name: str, version: int) -> HttpResponse:
    """End a version that is in force. Whoever comes late is told who was first."""
    project, owner = get_owned(request, slug)
    try:
        end_budget_policy(
            project_id=project.id, name=name, version=version, by=owner.by, now=read_time()
        )
    except NotVisible:
        late = find_version(list_budget_policies(project.id), f"{name}@{version}")
        return show_policies(request, project, late_budget=late, status=409)
    return see_other("policies", slug=slug)
