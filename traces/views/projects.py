"""The way to a page of one's project, for whoever does not say which one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from traces.queries.projects import list_projects
from traces.views.access import for_people


@for_people
def policies(request: HttpRequest) -> HttpResponse:
    """The policies of the only project, or a choice of projects."""
    return _lead(request, "policies")


@for_people
def keys(request: HttpRequest) -> HttpResponse:
    """The keys and people of the only project, or a choice of projects."""
    return _lead(request, "keys")


def _lead(request: HttpRequest, page: str) -> HttpResponse:
    found = list_projects(who=request.user)
    if len(found) == 1:
        return redirect(page, slug=found[0].slug)
    return render(request, "projects/choose.html", {"projects": found, "project_page": page})
