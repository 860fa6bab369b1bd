"""The list of runs."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from traces.queries.first_steps import get_first_steps
from traces.queries.projects import list_projects
from traces.queries.run_list import PORTION, list_runs
from traces.queries.run_order import RunOrder
from traces.queries.run_totals import total_runs
from traces.queries.saved_views import list_views
from traces.views.access import for_people
from traces.views.run_filter_form import CHOICES, RunFilterForm, Unreadable

ON_A_PAGE = 50


@for_people
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs that a person may see, as the address asks for them."""
    try:
        context = _rows_context(request)
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    context |= {
        "choices": CHOICES,
        "projects": [one.slug for one in list_projects(who=request.user)],
        "views": list_views(user=request.user),
    }
    return render(request, "runs/list.html", context)


@for_people
def run_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, for a filter or a poke; the address bar follows a filter."""
    try:
        context = _rows_context(request)
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    response = render(request, "runs/_rows.html", context)
    if request.headers.get("HX-Trigger") != "runs-rows":
        response["HX-Replace-Url"] = context["here"].replace(reverse("run-rows"), reverse("runs"))
    return response


def _rows_context(request: HttpRequest) -> dict[str, Any]:
    form = RunFilterForm.of(request.GET.dict())
    filters = form.filters(dt.datetime.now(dt.UTC))
    cursor = request.GET.get("cursor") or None
    page = list_runs(
        who=request.user, filters=filters, order=form.order, cursor=cursor, limit=ON_A_PAGE
    )
    is_empty = not (page.items or form.is_filtered or cursor)
    return {
        "page": page,
        "form": form,
        "cursor": cursor,
        "portion": PORTION,
        "totals": None if cursor or is_empty else total_runs(who=request.user, filters=filters),
        "sorts": {order.value: _sorted_by(form, order) for order in RunOrder},
        "here": f"{reverse('run-rows')}?{form.address}",
        "older": f"{reverse('runs')}?{urlencode({**form.values, 'cursor': page.next or ''})}",
        **(_first_steps(request) if is_empty else {}),
    }


def _sorted_by(form: RunFilterForm, order: RunOrder) -> str:
    return f"{reverse('runs')}?{urlencode({**form.values, 'sort': order.value})}"


def refuse_address(request: HttpRequest, sentence: str) -> HttpResponse:
    """Answer an address that asks for something that is none, with a sentence on what."""
    context = {"title": gettext("Bad request"), "detail": sentence}
    return render(request, "error.html", context, status=400)


def _first_steps(request: HttpRequest) -> dict[str, Any]:
    """What a newcomer pastes first. Only on this machine, and only to its administrator, the key itself is shown."""
    is_theirs = bool(settings.LOCAL_SIGN_IN_TOKEN) and request.user.is_staff
    sdk = settings.BASE_DIR / "sdk"
    steps = get_first_steps(
        who=request.user,
        address=request.build_absolute_uri("/").rstrip("/"),
        local_env=settings.DATA_DIR / "local.env" if is_theirs else None,
        sdk=sdk if is_theirs and sdk.is_dir() else None,
    )
    return {"steps": steps}
