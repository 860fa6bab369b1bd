"""Who viewed, exported and decided in a project, for its owners."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.queries.access_log import (
    list_accesses,
    list_decisions,
    list_exports,
    names_of,
    read_filter,
)
from traces.queries.projects import get_project
from traces.views.access import for_people
from traces.views.owned import is_owner


@for_people
def access_log(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; `?by=` and `?run=` narrow, `?cursor=` goes on."""
    project = get_project(who=request.user, slug=slug)
    if not is_owner(request, project):
        raise PermissionDenied("this takes the role owner in the project")
    narrowed = read_filter(request.GET.get("by"), request.GET.get("run"))
    of_project = {"project_id": project.id, "narrowed": narrowed}
    page = list_accesses(**of_project, cursor=request.GET.get("cursor"))  # type: ignore[arg-type]
    exports = list_exports(**of_project)  # type: ignore[arg-type]
    decisions = list_decisions(**of_project)  # type: ignore[arg-type]
    context = {
        "project": project,
        "project_page": "access",
        "narrowed": narrowed,
        "page": page,
        "exports": exports,
        "decisions": decisions,
        "names": names_of(
            {
                *(row.run_id for row in page.items),
                *(row.run_id for row in exports),
                *(row.run_id for row in decisions),
            }
        ),
    }
    return render(request, "access/page.html", context)
