"""What a project keeps for how long, what holds all of its runs, and which of them are gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.actions.conflict import Unfit
from traces.actions.keep_retention_policy import Terms, keep_retention_policy
from traces.actions.place_legal_hold import hold_project, lift_project_hold
from traces.queries.access import Viewer, viewer_of
from traces.queries.projects import ProjectRow, get_project
from traces.queries.retention import FLOOR_DAYS, HIGH_RISK, get_retention
from traces.views.access import for_changes, for_people
from traces.views.owned import get_owned, is_owner, read_time
from traces.views.see_other import see_other


def retention(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; a POST changes the policy, holds or lifts."""
    return change(request, slug) if request.method == "POST" else page(request, slug)


@for_people
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Policy with its versions, holds, tombstones."""
    return _page(request, get_project(who=request.user, slug=slug))


@for_changes
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the policy, hold all runs, or ask or agree that a hold be lifted, as an owner."""
    project, owner = get_owned(request, slug)
    try:
        _act(request, project, owner)
    except Unfit as unfit:
        sentence = f"{unfit.field.replace('_', ' ')}: {unfit.sentence}"
        return _page(request, project, error=sentence, status=400)
    return see_other("project-retention", slug=slug)


def _act(request: HttpRequest, project: ProjectRow, owner: Viewer) -> None:
    sent, now = request.POST, read_time()
    act = sent.get("act")
    if act == "keep":
        terms = Terms(
            content_days=_days("content_days", sent.get("content_days", "")),
            run_days=_days("run_days", sent.get("run_days", "")),
            floor_reason=sent.get("floor_reason", ""),
        )
        keep_retention_policy(project_id=project.id, terms=terms, by=owner.by, now=now)
    elif act == "hold":
        hold_project(
            project_id=project.id,
            ticket=sent.get("ticket", ""),
            reason=sent.get("reason", ""),
            by=owner.by,
            now=now,
        )
    elif act == "lift":
        hold_id = _days("hold", sent.get("hold", "")) or 0
        lift_project_hold(project_id=project.id, hold_id=hold_id, by=owner.by, now=now)
    else:
        raise Unfit("act", "is none of this page's")


def _days(field: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise Unfit(field, "must be a whole number")
    return int(text)


def _page(
    request: HttpRequest, project: ProjectRow, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "project_page": "retention",
        "retention": get_retention(who=request.user, slug=project.slug),
        "may_change": is_owner(request, project),
        "me": viewer_of(request.user).by,
        "sent": request.POST,
        "error": error,
        "floor_days": FLOOR_DAYS,
        "high_risk": HIGH_RISK,
    }
    return render(request, "retention/project.html", context, status=status)
