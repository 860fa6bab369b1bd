"""Two runs side by side: head to head, where they part first, and their trees as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from traces.queries.aligned_lines import find_line, list_lines, list_path
from traces.queries.alignment import NODES_AT_MOST, AlignedRuns, TooLarge
from traces.queries.likely_others import list_likely_others
from traces.queries.line_texts import compare_line, compare_parting
from traces.queries.replay_page import Repetition, read_repetition
from traces.queries.run_comparison import align_runs, compare_runs, list_awaited
from traces.queries.runs import RunRow, get_run
from traces.views.access import for_people
from traces.views.compare_form import CompareForm
from traces.views.run_filter_form import Unreadable
from traces.views.run_list import refuse_address

Answer = Callable[[HttpRequest, CompareForm], HttpResponse]


def for_two_runs(view: Answer) -> Callable[..., HttpResponse]:
    """Read which two runs are compared; an address that names none is told so, with 400."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            form = CompareForm.of(request.GET)
            if not form.is_pair:
                raise Unreadable(gettext("a and b are the ids of two runs."))
            return view(request, form)
        except Unreadable as wrong:
            return refuse_address(request, str(wrong))
        except TooLarge:
            return refuse_address(request, gettext("Trees as large as these two are not aligned."))

    return for_people(answer)


@for_people
def compare(request: HttpRequest) -> HttpResponse:
    """Two runs side by side; where one is named, those that it is likely to be compared with."""
    try:
        form = CompareForm.of(request.GET)
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    if not form.is_pair:
        return _choose(request, form)
    if form.is_ticked:
        return HttpResponseRedirect(f"{reverse('compare')}?{form.address()}")
    if not form.is_awaited:
        awaited = list_awaited(who=request.user, left=form.runs[0], right=form.runs[1])
        if awaited:
            return _announce(request, form, awaited)
    context, runs = _head_context(request, form)
    context["other_way"] = f"{reverse('compare')}?{_turned(form)}"
    if runs is not None:
        context |= _lines_context(form, runs) | {
            "path": list_path(runs, form.stretch.inside) if form.stretch.inside else [],
            "here": f"{reverse('compare')}?{form.address(only=None)}",
        }
    return render(request, "compare/page.html", context)


@for_two_runs
def head(request: HttpRequest, form: CompareForm) -> HttpResponse:
    """The head to head and where they part, for a poke."""
    return render(request, "compare/_head.html", _head_context(request, form)[0])


@for_two_runs
def lines(request: HttpRequest, form: CompareForm) -> HttpResponse:
    """Some lines of the aligned trees."""
    runs = align_runs(who=request.user, left=form.runs[0], right=form.runs[1])
    return render(request, "compare/_lines.html", _lines_context(form, runs))


@for_two_runs
def nodes(request: HttpRequest, form: CompareForm) -> HttpResponse:
    """One line in full: the texts of its nodes, word by word."""
    runs = align_runs(who=request.user, left=form.runs[0], right=form.runs[1])
    line = find_line(runs, request.GET.get("at", ""))
    context = {
        "a": get_run(who=request.user, run_id=form.runs[0]),
        "b": get_run(who=request.user, run_id=form.runs[1]),
        "found": compare_line(who=request.user, runs=runs, line=line),
        "path": list_path(runs, request.GET.get("at", ""))[:-1],
        "form": form,
    }
    return render(request, "compare/nodes.html", context)


def _announce(request: HttpRequest, form: CompareForm, runs: Sequence[RunRow]) -> HttpResponse:
    """Say at once what is being done; the page goes on by itself to the address that waits for it."""
    asked = request.GET.copy()
    asked["wait"] = "1"
    context = {
        "left": runs[0],
        "right": runs[1],
        "whole": f"{reverse('compare')}?{asked.urlencode()}",
    }
    return render(request, "compare/waiting.html", context)


def _choose(request: HttpRequest, form: CompareForm) -> HttpResponse:
    """Offer the runs that the only one is likely to be compared with, or say how two are chosen."""
    if not form.runs:
        return render(request, "compare/choose.html", {"run": None, "others": []})
    run_id = form.runs[0]
    context = {
        "run": get_run(who=request.user, run_id=run_id),
        "others": list_likely_others(who=request.user, run_id=run_id),
    }
    return render(request, "compare/choose.html", context)


def _head_context(
    request: HttpRequest, form: CompareForm
) -> tuple[dict[str, Any], AlignedRuns | None]:
    found, runs = compare_runs(who=request.user, left=form.runs[0], right=form.runs[1])
    context = {
        "found": found,
        "form": form,
        "repetition": _repetition(request, form),
        "nodes_at_most": NODES_AT_MOST,
    }
    if runs is not None:
        context |= {
            "texts": compare_parting(who=request.user, runs=runs, parting=found.parting),
            "seen": request.GET.get("seen") or _seen(runs),
            "is_old": request.GET.get("seen", _seen(runs)) != _seen(runs),
        }
    return context, runs


def _repetition(request: HttpRequest, form: CompareForm) -> Repetition | None:
    """Return what one of the two is as a replay of the other."""
    for replay, original in (form.runs[::-1], form.runs):
        found = read_repetition(who=request.user, run_id=replay)
        if found is not None and found.original is not None and found.original.pk == original:
            return found
    return None


def _lines_context(form: CompareForm, runs: AlignedRuns) -> dict[str, Any]:
    found = list_lines(runs, form.stretch, only_differences=form.only_differences)
    return {
        "lines": found,
        "form": form,
        "run_ids": form.runs,
        "same_stretch": form.address(**{"in": form.stretch.inside, "to": form.stretch.last}),
        "rows_url": f"{reverse('compare-lines')}?{form.address()}",
        "address": form.address(),
    }


def _seen(runs: AlignedRuns) -> str:
    """Return as of which entries of the two the lines are shown."""
    return f"{runs.left.seq}-{runs.right.seq}"


def _turned(form: CompareForm) -> str:
    return form.address(a=str(form.runs[1]), b=str(form.runs[0]))
