"""The page of a project's policies: what waits for a person, with all versions, and who made them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.vocabulary import Risk, SideEffect
from traces.actions.keep_policy import NEXT_ROLES
from traces.queries.access import NotVisible
from traces.queries.approval_policies import PolicyRow, default_policy, list_policies
from traces.queries.policy_histories import tell_histories
from traces.queries.projects import ProjectRow, get_project
from traces.views.access import for_people
from traces.views.approval_policy_form import ApprovalPolicyForm
from traces.views.owned import is_owner


@for_people
def policies(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; `?approval=` is the name of a policy whose next version is to be written."""
    project = get_project(who=request.user, slug=slug)
    return show_policies(request, project)


def show_policies(
    request: HttpRequest,
    project: ProjectRow,
    *,
    approval_form: ApprovalPolicyForm | None = None,
    late: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page; with a form that could not be taken, or the version that was ended before it was to be.

    Raises NotVisible for a version that never was.
    """
    rows = list_policies(project.id)
    approvals = tell_histories(rows)
    wanted = request.GET.get("approval")
    stands = next((each.in_force for each in approvals if each.name == wanted), None)
    fresh = ApprovalPolicyForm.to_change(stands) if stands else ApprovalPolicyForm.blank()
    context: dict[str, Any] = {
        "project": project,
        "tab": "policies",
        "may_change": is_owner(request, project),
        "approvals": approvals,
        "late": _row(rows, late) if late else None,
        "always": default_policy(),
        "form": approval_form or fresh,
        "effects": [each.value for each in SideEffect],
        "risks": [each.value for each in Risk],
        "next_roles": NEXT_ROLES,
    }
    return render(request, "policies/page.html", context, status=status)


def _row(rows: list[PolicyRow], label: str) -> PolicyRow:
    found = next((row for row in rows if row.label == label), None)
    if found is None:
        raise NotVisible
    return found
