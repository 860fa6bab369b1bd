"""A project's own matters: everybody in it reads them, its owners change them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from traces.models.access import Role
from traces.queries.access import NotAllowed, Viewer, viewer_of
from traces.queries.projects import ProjectRow, get_project
from traces.views.access import View, for_changes, for_people
from traces.views.see_other import see_other


def get_owned(request: HttpRequest, slug: str) -> tuple[ProjectRow, Viewer]:
    """Return the project and the owner who changes it.

    Raises NotVisible, and NotAllowed for whoever may only look.
    """
    project = get_project(who=request.user, slug=slug)
    owner = viewer_of(request.user, [Role.OWNER])
    if project.id not in owner.project_ids:
        raise NotAllowed(gettext("this takes the role owner in the project"))
    return project, owner


def is_owner(request: HttpRequest, project: ProjectRow) -> bool:
    """Whether whoever asks may change what is the project's."""
    return project.id in viewer_of(request.user, [Role.OWNER]).project_ids


def form_on(page: str) -> Callable[[View], View]:
    """An address that a form of a project's page is sent to.

    Who comes to it otherwise, as after signing in, is led to that page.
    """

    @for_people
    def lead(request: HttpRequest, slug: str, **values: Any) -> HttpResponse:
        return see_other(page, slug=get_project(who=request.user, slug=slug).slug)

    def of(change: View) -> View:
        sent = for_changes(change)

        @wraps(change)
        def answer(request: HttpRequest, slug: str, **values: Any) -> HttpResponse:
            act = sent if request.method == "POST" else lead
            return act(request, slug, **values)

        return answer

    return of


def read_time() -> dt.datetime:
    """Return the time at which somebody changes something."""
    return dt.datetime.now(dt.UTC)
