"""The control bar of a run, and the page or dialog on which a person confirms what they ask."""

from __future__ import annotations

import os
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from deliberation.vocabulary import CommandKind
from traces.actions.conflict import Conflict, Unfit
from traces.actions.issue_command import issue_command
from traces.live.publish import poke
from traces.models.access import MAY_COMMAND
from traces.queries.access import see_run_as, viewer_of
from traces.queries.clock import read_clock
from traces.queries.control_bar import ON_THE_BAR, ControlBar, get_control_bar
from traces.views.access import for_changes, for_people
from traces.views.command_form import CommandForm
from traces.views.see_other import see_other

CHECKED, REFUSED = 400, 409
KINDS = {kind.value: kind for kind in ON_THE_BAR}


@for_people
def control_bar(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The bar alone, for a poke."""
    return render(request, "control/_bar.html", bar_context(request, run_id))


def command(request: HttpRequest, run_id: uuid.UUID, kind: str) -> HttpResponse:
    """What a command will do, and the form that gives it; a POST gives it."""
    asked = KINDS.get(kind)
    if asked is None:
        raise Http404
    act = give if request.method == "POST" else confirm
    return act(request, run_id, asked)


@for_people
def confirm(request: HttpRequest, run_id: uuid.UUID, kind: CommandKind) -> HttpResponse:
    """Say what will happen, to which run, and what cannot be undone; a dialog for a script, a page for all others."""
    bar = _bar(request, run_id)
    known = {"hold_id": request.GET.get("hold", ""), "dimension": request.GET.get("dimension", "")}
    form = CommandForm.fresh(kind, seen_seq=bar.last_seq, **known)
    return _form(request, bar, form)


@for_changes
def give(request: HttpRequest, run_id: uuid.UUID, kind: CommandKind) -> HttpResponse:
    """Give the command, and go back to the run; whoever lost to another command is shown that one."""
    giver = viewer_of(request.user)
    run = see_run_as(giver, run_id, MAY_COMMAND)
    form = CommandForm.of(kind, request.POST)
    try:
        issued = issue_command(
            run_id=run.id,
            order=form.order(),
            by=giver.by,
            now_ns=read_clock(),
            randbytes=os.urandom,
        )
    except Unfit as unfit:
        form.note(unfit)
        return _form(request, _bar(request, run_id), form, status=CHECKED)
    except Conflict as conflict:
        form.errors.append(gettext("It cannot be asked now: {why}.").format(why=conflict.sentence))
        return _form(request, _bar(request, run_id), form, status=REFUSED, winner=conflict.winner)
    poke(issued.changes)
    return see_other(f"{reverse('run', args=[run.id])}#control")


def bar_context(request: HttpRequest, run_id: uuid.UUID | str) -> dict[str, object]:
    """Return what the bar's template needs, for the page of the run too."""
    bar = _bar(request, run_id)
    return {"bar": bar, "may_command": bar.may_command}


def _bar(request: HttpRequest, run_id: uuid.UUID | str) -> ControlBar:
    return get_control_bar(who=request.user, run_id=run_id, now_ns=read_clock())


def _form(
    request: HttpRequest,
    bar: ControlBar,
    form: CommandForm,
    *,
    status: int = 200,
    winner: object = None,
) -> HttpResponse:
    hold = next((each for each in bar.holds if each.hold_id == form.values["hold_id"]), None)
    context = {
        "bar": bar,
        "form": form,
        "hold": hold or (bar.holds[0] if bar.holds else None),
        "winner": winner,
        "why_not": bar.offer(form.kind).why_not,
        "may_command": bar.may_command,
    }
    is_dialog = request.headers.get("HX-Request") == "true"
    template = "control/_confirm.html" if is_dialog else "control/confirm.html"
    return render(request, template, context, status=status)
