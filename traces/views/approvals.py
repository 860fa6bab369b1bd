"""The queue of approvals, and deciding in it."""

from __future__ import annotations

import os
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.conflict import Unfit
from traces.actions.decide_approval import decide_approval
from traces.live.publish import poke
from traces.queries.access import viewer_of
from traces.queries.approval_queue import get_item, get_queue
from traces.queries.approvals import count_pending, get_approval
from traces.queries.clock import read_clock
from traces.queries.projects import list_projects
from traces.views.access import for_changes, for_people
from traces.views.decision_form import DecisionForm
from traces.views.see_other import see_other
from traces.views.unfit_words import tell_unfit

CHECKED, REFUSED = 400, 409


@for_people
def approvals(request: HttpRequest) -> HttpResponse:
    """The queue; `?open=` is the id of the request that is to be read first."""
    return _page(request)


@for_people
def queue(request: HttpRequest) -> HttpResponse:
    """The queue alone, for a poke."""
    return render(request, "approvals/_queue.html", _context(request))


@for_people
def badge(request: HttpRequest) -> HttpResponse:
    """How many wait, for the head of every page."""
    return render(request, "approvals/_badge.html", {"pending": count_pending(who=request.user)})


def decision(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """Decide; who comes here otherwise, as after signing in, is sent to the request."""
    act = decide if request.method == "POST" else back
    return act(request, str(approval_id))


@for_people
def back(request: HttpRequest, approval_id: str) -> HttpResponse:
    """The way to the request."""
    found = get_approval(who=request.user, approval_id=approval_id)
    return see_other(f"{reverse('approvals')}?open={found.approval_id}")


@for_changes
def decide(request: HttpRequest, approval_id: str) -> HttpResponse:
    """Decide, and go back to the queue; whoever lost to somebody is shown who that was."""
    form = DecisionForm.of(request.POST)
    judge = viewer_of(request.user)
    get_approval(who=judge, approval_id=approval_id)
    try:
        decided = decide_approval(
            approval_id=approval_id,
            ruling=form.ruling(),
            who=judge,
            now_ns=read_clock(),
            randbytes=os.urandom,
        )
    except Unfit as unfit:
        error = tell_unfit(unfit)
        return _page(request, opened=approval_id, form=form, error=error, status=CHECKED)
    except ApprovalConflict as conflict:
        poke(conflict.changes)
        stands = conflict.approval and get_item(who=judge, approval=conflict.approval)
        more = {"lost": stands, "why": conflict.sentence}
        return _page(request, opened=approval_id, form=form, status=REFUSED, **more)
    poke(decided.changes)
    return see_other(reverse("approvals"))


def _page(request: HttpRequest, *, status: int = 200, **more: object) -> HttpResponse:
    return render(request, "approvals/page.html", _context(request) | more, status=status)


def _context(request: HttpRequest) -> dict[str, object]:
    who = viewer_of(request.user)
    return {
        "queue": get_queue(who=who, now_ns=read_clock()),
        "projects": [each.slug for each in list_projects(who=who)],
        "opened": request.GET.get("open", ""),
    }
