"""The page of a project's keys and people, and making and ending keys as an owner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.actions.add_key import MAX_NAME_CHARS, add_key
from traces.actions.conflict import Unfit
from traces.actions.end_key import end_key
from traces.models.access import Role, Scope
from traces.queries.access import Viewer
from traces.queries.keys import list_keys
from traces.queries.members import list_members, list_role_changes
from traces.queries.projects import ProjectRow, get_project
from traces.views.access import for_people
from traces.views.key_form import KeyForm
from traces.views.owned import form_on, get_owned, is_owner, read_time
from traces.views.see_other import see_other
from traces.views.unfit_words import tell_unfit


@for_people
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """The page."""
    return show_keys(request, get_project(who=request.user, slug=slug))


@form_on("keys")
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a key, and show it: this answer alone holds its text."""
    project, owner = get_owned(request, slug)
    form = KeyForm.of(request.POST)
    secret = _make(project, owner, form)
    if secret is None:
        return show_keys(request, project, key_form=form, status=400)
    return show_keys(request, project, made={"name": form.name, "secret": secret}, status=201)


@form_on("keys")
def end(request: HttpRequest, slug: str, key_id: int) -> HttpResponse:
    """End a key."""
    project, owner = get_owned(request, slug)
    end_key(project_id=project.id, key_id=key_id, by=owner.by, now=read_time())
    return see_other("keys", slug=slug)


def show_keys(
    request: HttpRequest, project: ProjectRow, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Return the page; `more` is a form that could not be taken, or the key that was made."""
    found = list_keys(project.id)
    context: dict[str, Any] = {
        "project": project,
        "project_page": "keys",
        "may_change": is_owner(request, project),
        "members": list_members(project.id),
        "role_changes": list_role_changes(project.id),
        "roles": [each.value for each in Role],
        "working": [row for row in found if row.revoked_at is None],
        "ended": [row for row in found if row.revoked_at is not None],
        "scopes": [each.value for each in Scope],
        "longest": MAX_NAME_CHARS,
        "key_form": KeyForm.fresh(),
    }
    return render(request, "keys/page.html", context | more, status=status)


def _make(project: ProjectRow, owner: Viewer, form: KeyForm) -> str | None:
    secret = form.derive_secret(project_id=project.id, by=owner.by)
    if secret is None:
        return None
    try:
        add_key(
            project_id=project.id,
            name=form.name,
            secret=secret,
            scopes=form.scopes,
            by=owner.by,
            now=read_time(),
        )
    except Unfit as unfit:
        form.errors.append(tell_unfit(unfit))
        return None
    return secret
