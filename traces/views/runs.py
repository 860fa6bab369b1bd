"""The page of a run."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.vocabulary import Strategy
from traces.queries import (
    judged,
    likely_others,
    replays,
    runs,
    set_aside,
    trace_links,
    verdict_header,
)
from traces.queries.access import viewer_of
from traces.queries.matrix import Ask
from traces.queries.review import get_review
from traces.views.access import for_people
from traces.views.candidate_form import CandidateForm
from traces.views.candidates import matrix_context
from traces.views.control import bar_context
from traces.views.run_filter_form import Unreadable
from traces.views.run_list import refuse_address
from traces.views.strategy import StrategyForm, may_judge
from traces.views.tree_form import check_tree_view


def _header_context(request: HttpRequest, run_id: str) -> dict[str, Any]:
    who = viewer_of(request.user)  # once for all that ask
    run = runs.get_run(who=who, run_id=run_id)
    return {
        "run": run,
        "original": likely_others.find_original(who=who, run=run),
        "replay": replays.replay_of_run(who=who, run_id=run_id),
        "header": verdict_header.get_header(who=who, run_id=run_id),
        "review": get_review(who=who, run_id=run_id),
        "linked": trace_links.linked_runs(who=who, run_id=run_id),
    }


@for_people
def run_detail(request: HttpRequest, run_id: str) -> HttpResponse:
    """A run, opened on its verdict; the address may narrow its tree."""
    try:
        check_tree_view(request.GET)
    except Unreadable as unreadable:
        return refuse_address(request, str(unreadable))
    context = _header_context(request, run_id) | {
        **bar_context(request, run_id),
        **matrix_context(request, run_id, CandidateForm(Ask())),
        "set_aside": set_aside.list_set_aside(who=request.user, run_id=run_id),
        "form": StrategyForm({}),
        "strategies": [strategy.value for strategy in Strategy],
        "may_judge": may_judge(request.user, run_id),
        "judged": judged.list_judged(who=request.user, run_id=run_id),
    }
    return render(request, "runs/detail.html", context)


@for_people
def run_header(request: HttpRequest, run_id: str) -> HttpResponse:
    """The verdict alone."""
    return render(request, "runs/_header.html", _header_context(request, run_id))


@for_people
def run_verdicts(request: HttpRequest, run_id: str) -> HttpResponse:
    """The verdicts: the piece for a script, a page for everybody else; `?cursor=` goes on with older ones."""
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "judged": judged.list_judged(
            who=request.user, run_id=run_id, cursor=request.GET.get("cursor") or None
        ),
    }
    is_piece = "HX-Request" in request.headers
    template = "runs/_verdicts.html" if is_piece else "runs/verdicts.html"
    return render(request, template, context)
