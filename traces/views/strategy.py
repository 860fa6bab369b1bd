"""What is said of a run's strategy, and the form with which a person says otherwise."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from deliberation.vocabulary import Strategy
from traces.actions.set_strategy import MAX_REASON_CHARS, NotAReason, set_strategy
from traces.live.publish import poke
from traces.queries import runs
from traces.queries.access import JUDGES, Who, may_add, see_run, viewer_of
from traces.views.access import for_changes, for_people
from traces.views.see_other import see_other

TAKE_BACK = "take-back"


@dataclass(slots=True)
class StrategyForm:
    """What was typed, and sentences on what cannot be taken, by field."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def read(self) -> Strategy | None:
        """Return the strategy, None when it is taken back; notes an error for any other word."""
        word = self.values["strategy"]
        if word == TAKE_BACK:
            return None
        try:
            return Strategy(word)
        except ValueError:
            self.errors["strategy"] = gettext("Choose one of the list.")
            return None


def strategy(request: HttpRequest, run_id: str) -> HttpResponse:
    """The page; a POST says which strategy it was."""
    return say(request, run_id) if request.method == "POST" else page(request, run_id)


@for_people
def page(request: HttpRequest, run_id: str) -> HttpResponse:
    """All that is said of the strategy, and by whom."""
    return _page(request, run_id, StrategyForm({}))


@for_changes
def say(request: HttpRequest, run_id: str) -> HttpResponse:
    """Say which strategy it was, or take that back, as somebody who may judge."""
    see_run(request.user, run_id)
    judge = viewer_of(request.user, JUDGES)
    if not may_judge(request.user, run_id):
        raise PermissionDenied
    form = StrategyForm({name: request.POST.get(name, "") for name in ("strategy", "reason")})
    chosen = form.read()
    if not form.errors:
        try:
            changed = set_strategy(
                run_id=see_run(judge, run_id).pk,
                strategy=chosen,
                reason=form.values["reason"],
                by=judge.by,
                now_ns=time.time_ns(),
                randbytes=secrets.token_bytes,
            )
            poke(changed)
        except NotAReason as wrong:
            form.errors["reason"] = str(wrong)
    return (
        _page(request, run_id, form, status=400) if form.errors else see_other("run", run_id=run_id)
    )


def may_judge(who: Who, run_id: str) -> bool:
    """Whether a person who may look into a run may also say what it is. Raises NotVisible."""
    viewer = viewer_of(who)
    return may_add(viewer, see_run(viewer, run_id), JUDGES)


def _page(
    request: HttpRequest, run_id: str, form: StrategyForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "form": form,
        "strategies": [each.value for each in Strategy],
        "may_judge": may_judge(request.user, run_id),
        "longest": MAX_REASON_CHARS,
    }
    return render(request, "runs/strategy.html", context, status=status)
