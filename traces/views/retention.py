"""What of a run was deleted for good, and the form that deletes a text."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from deliberation.vocabulary import RedactionRule
from traces.actions.conflict import Conflict, Unfit
from traces.actions.redact import Redaction, redact
from traces.actions.say import Speech
from traces.live.publish import poke
from traces.models.access import Role
from traces.queries import runs
from traces.queries.access import NotVisible, see_run, see_run_as, viewer_of
from traces.queries.clock import read_clock
from traces.queries.ledger import showable
from traces.queries.removals import list_removals
from traces.queries.same_texts import Place, find_same, read_text
from traces.views.access import for_changes, for_people
from traces.views.see_other import see_other

SHOWN_CHARS = 2_000
LARGEST_SEQ = 2**53


def retention(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What was deleted of the run; a POST deletes a text."""
    return take(request, run_id) if request.method == "POST" else page(request, run_id)


@for_people
def page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The removals; with `?entry=` and `?part=` for owners the form that deletes this text."""
    return _page(request, run_id, _place(request.GET))


@for_changes
def take(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Delete a text for good, as an owner."""
    owner = viewer_of(request.user)
    run = see_run_as(owner, run_id, [Role.OWNER])
    sent, place = request.POST, _place(request.POST)
    if place is None:
        return _page(request, run_id, None, error=gettext("Say which text of which entry."))
    try:
        asked = Redaction(
            place=place,
            everywhere="everywhere" in sent,
            rule=RedactionRule(sent.get("rule", "")),
            basis=sent.get("basis", ""),
            reason=sent.get("reason", ""),
        )
        speech = Speech(
            run_id=run.pk,
            by=owner.by,
            ticket=sent.get("ticket", ""),
            now_ns=read_clock(),
            randbytes=os.urandom,
        )
        done = redact(speech=speech, redaction=asked)
    except ValueError:
        return _page(request, run_id, place, error=gettext("Choose a rule."))
    except Unfit as unfit:
        return _page(request, run_id, place, error=f"{unfit.field}: {unfit.sentence}")
    except Conflict as conflict:
        return _page(request, run_id, place, error=conflict.sentence, status=409)
    poke(done.changes)
    return see_other("run-retention", run_id=run_id)


def _place(sent: Any) -> Place | None:
    entry, part = sent.get("entry", ""), sent.get("part", "")
    if not (entry.isascii() and entry.isdecimal() and int(entry[:17]) < LARGEST_SEQ and part):
        return None
    return Place(int(entry[:17]), part)


def _page(
    request: HttpRequest,
    run_id: uuid.UUID,
    place: Place | None,
    *,
    error: str = "",
    status: int = 400,
) -> HttpResponse:
    viewer = viewer_of(request.user)
    run = see_run(viewer, run_id)
    may_delete = viewer.roles.get(run.project_id) == Role.OWNER
    context = {
        "run": runs.get_run(who=viewer, run_id=run_id),
        "removals": list_removals(who=viewer, run_id=run_id),
        "may_delete": may_delete,
        "error": error,
        "rules": [rule.value for rule in RedactionRule],
        "sent": request.POST,
        "text": _text(run.pk, place) if place is not None and may_delete else None,
    }
    return render(request, "retention/page.html", context, status=status if error else 200)


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
