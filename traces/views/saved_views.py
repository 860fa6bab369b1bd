"""The views of the list of runs that somebody keeps: to keep one, and to let go of one."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from traces.actions.conflict import Unfit
from traces.actions.save_view import remove_view, save_view
from traces.views.access import for_changes, for_people
from traces.views.run_filter_form import RunFilterForm, Unreadable
from traces.views.run_list import refuse_address
from traces.views.unfit_words import tell_unfit


def views(request: HttpRequest) -> HttpResponse:
    """Keep a view; who comes here otherwise, as after signing in, is sent to the list."""
    return keep(request) if request.method == "POST" else back(request)


def drop(request: HttpRequest, view_id: int) -> HttpResponse:
    """Let go of a view; who comes here otherwise is sent to the list."""
    return drop_one(request, view_id) if request.method == "POST" else back(request)


@for_people
def back(request: HttpRequest) -> HttpResponse:
    """The way to the list."""
    return redirect("runs")


@for_changes
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is narrowed and sorted now, under a name."""
    try:
        form = RunFilterForm.of(request.POST.dict())
        name = request.POST.get("name", "").strip()
        save_view(user=request.user, name=name, query=form.address, now=dt.datetime.now(dt.UTC))
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    except Unfit as wrong:
        return refuse_address(request, tell_unfit(wrong))
    return redirect(f"{reverse('runs')}?{form.address}")


@for_changes
def drop_one(request: HttpRequest, view_id: int) -> HttpResponse:
    """Let go of one of one's own views."""
    remove_view(user=request.user, view_id=view_id)
    return redirect("runs")
