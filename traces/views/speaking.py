"""What all forms share with which people say something of a run: who may, on which ticket, and what they are answered.

A script is answered with a sentence and shows the page's piece anew; everybody else is led back to a page.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.actions.conflict import Conflict, Unfit
from traces.actions.say import Said, Speech
from traces.live.publish import poke
from traces.models import Run
from traces.queries import runs
from traces.queries.access import JUDGES, Viewer, see_run_as, viewer_of
from traces.queries.clock import read_clock
from traces.views.see_other import see_other
from traces.views.unfit_words import tell_unfit

CHECKED, REFUSED = 400, 409


def check_judge(request: HttpRequest, run_id: str | uuid.UUID) -> tuple[Run, Viewer]:
    """Return the run and who asks. Raises NotVisible, and NotAllowed for whoever may only look."""
    judge = viewer_of(request.user)
    return see_run_as(judge, run_id, JUDGES), judge


def speech_of(request: HttpRequest, run: Run, judge: Viewer) -> Speech:
    """Return who says something now, and on which form."""
    return Speech(
        run_id=run.pk,
        by=judge.by,
        ticket=request.POST.get("ticket", ""),
        now_ns=read_clock(),
        randbytes=os.urandom,
    )


def answer(request: HttpRequest, run: Run, act: Callable[[], Said], place: str) -> HttpResponse:
    """Say it, and lead to `place`; what cannot be said is answered with why, and what was typed stays."""
    try:
        said = act()
    except Unfit as unfit:
        return _refuse(request, run, tell_unfit(unfit), CHECKED)
    except Conflict as conflict:
        return _refuse(request, run, conflict.sentence, REFUSED)
    poke(said.changes)
    if "HX-Request" in request.headers:
        return render(request, "remarks/_told.html", {"seq": said.seq})
    return see_other(place)


def _refuse(request: HttpRequest, run: Run, sentence: str, status: int) -> HttpResponse:
    is_piece = "HX-Request" in request.headers
    context = {
        "sentence": sentence,
        "text": request.POST.get("text", ""),
        "run": None if is_piece else runs.get_run(who=request.user, run_id=run.pk),
    }
    template = "remarks/_refused.html" if is_piece else "remarks/refused.html"
    return render(request, template, context, status=status)
