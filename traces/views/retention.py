"""What of a run was deleted for good, what holds it, and the forms that delete, hold, ask and agree."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.vocabulary import RedactionRule
from traces.actions.conflict import Conflict, Unfit
from traces.actions.say import Speech
from traces.live.publish import poke
from traces.models.access import Role
from traces.queries import runs
from traces.queries.access import NotVisible, may_add, see_run, see_run_as, viewer_of
from traces.queries.clock import read_clock
from traces.queries.ledger import showable
from traces.queries.legal_holds import list_holds, list_requests
from traces.queries.removals import list_removals
from traces.queries.same_texts import Place, find_same, read_text
from traces.views.access import for_changes, for_people
from traces.views.retention_acts import act_on, read_place
from traces.views.see_other import see_other

SHOWN_CHARS = 2_000


def retention(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What was deleted of the run and what holds it; a POST deletes, holds, asks or agrees."""
    return change(request, run_id) if request.method == "POST" else page(request, run_id)


@for_people
def page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page; with `?entry=` and `?part=` for owners the form that deletes this text."""
    return _page(request, run_id, read_place(request.GET))


@for_changes
def change(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Do what the form says, as an owner."""
    owner = viewer_of(request.user)
    is_whole = request.POST.get("act") == "expire_run"
    run = see_run_as(owner, run_id, [Role.OWNER], may_be_foreign=is_whole)
    speech = Speech(
        run_id=run.pk,
        by=owner.by,
        ticket=request.POST.get("ticket", ""),
        now_ns=read_clock(),
        randbytes=os.urandom,
    )
    sent = request.POST.dict()
    place = read_place(sent)
    try:
        poke(act_on(speech, sent, run.project_id))
    except Unfit as unfit:
        sentence = f"{unfit.field.replace('_', ' ')}: {unfit.sentence}"
        return _page(request, run_id, place, error=sentence, status=400)
    except Conflict as conflict:
        return _page(request, run_id, None, error=conflict.sentence, status=409)
    if sent["act"] in ("expire_run", "decide") and not type(run).objects.filter(pk=run.pk).exists():
        return see_other("project-retention", slug=run.project.slug)
    return see_other("run-retention", run_id=run_id)


def _page(
    request: HttpRequest,
    run_id: uuid.UUID,
    place: Place | None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request.user)
    run = see_run(viewer, run_id)
    may_delete = may_add(viewer, run, [Role.OWNER])
    asked = list_requests(who=viewer, run_id=run_id)
    context = {
        "run": runs.get_run(who=viewer, run_id=run_id),
        "removals": list_removals(who=viewer, run_id=run_id),
        "holds": list_holds(who=viewer, run_id=run_id),
        "open_requests": [each for each in asked if each.outcome is None],
        "decided": [each for each in asked if each.outcome is not None],
        "me": viewer.by,
        "project": run.project,
        "may_delete": may_delete,
        "may_delete_run": viewer.roles.get(run.project_id) == Role.OWNER,
        "error": error,
        "rules": [rule.value for rule in RedactionRule],
        "sent": request.POST,
        "text": _text(run.pk, place) if place is not None and may_delete else None,
    }
    return render(request, "retention/page.html", context, status=status)


def _text(run_id: uuid.UUID, place: Place) -> dict[str, Any]:
    """Return the text that is to go, and where else exactly it stands."""
    data = read_text(run_id, place)
    if data is None:
        raise NotVisible
    return {
        "place": place,
        "shown": showable(data[: SHOWN_CHARS * 4].decode("utf-8", "replace")[:SHOWN_CHARS]),
        "size": len(data),
        "others": [each for each in find_same(run_id, data) if each != place] if data else [],
    }
