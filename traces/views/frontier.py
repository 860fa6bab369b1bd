"""Accuracy against cost over many runs: the page, its figure, its table and its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from traces.analytics.difficulty import Difficulty
from traces.analytics.spreadsheet import to_csv
from traces.figures.frontier import (
    AXES,
    RULES,
    frontier_figure,
    frontier_table,
    lack_of,
    returned_by,
)
from traces.queries.asked import Unaskable
from traces.queries.frontier import get_frontier
from traces.queries.frontier_asked import NAMES, RIGHT, Axis, By, read_frontier_asked
from traces.queries.frontier_curves import Rule
from traces.queries.frontier_rows import Frontier
from traces.queries.projects import list_projects
from traces.queries.undefined_words import UNDEFINED
from traces.templatetags.trace_text import one_line
from traces.views.access import for_people
from traces.views.run_filter_form import CHOICES, RunFilterForm, Unreadable
from traces.views.run_list import refuse_address

ROWS_SHOWN = 100
RUNS_SHOWN = 200
SYSTEMS_SHOWN = 50
RUNS = "#runs-of-system"
"""Where on the page the runs of a system are."""
BY = {
    By.MODEL: _("model"),
    By.EFFORT: _("effort"),
    By.TIER: _("tier"),
    By.STRATEGY: _("strategy"),
    By.TAGS: _("tags"),
    By.PROJECT: _("project"),
}
BINS = {
    Difficulty.HARDEST: _("under 20 % right"),
    Difficulty.HARD: _("20 to 40 %"),
    Difficulty.MIDDLE: _("40 to 60 %"),
    Difficulty.EASY: _("60 to 80 %"),
    Difficulty.EASIEST: _("80 % and more"),
}
Answer = Callable[[HttpRequest, RunFilterForm, Frontier], HttpResponse]


def of_frontier(answer: Answer) -> Callable[..., HttpResponse]:
    """A view of what an address asks for; 400 with a sentence where it asks for something that is none."""

    @for_people
    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            form = RunFilterForm.of(request.GET.dict())
            filters = form.filters(dt.datetime.now(dt.UTC))
            asked = read_frontier_asked(dict(request.GET.lists()))
        except (Unreadable, Unaskable) as wrong:
            return refuse_address(request, str(wrong))
        return answer(request, form, get_frontier(who=request.user, filters=filters, asked=asked))

    return view


@of_frontier
def frontier(request: HttpRequest, form: RunFilterForm, found: Frontier) -> HttpResponse:
    """What nothing beats, what the next better thing costs, and how each system does by difficulty."""
    is_piece = "HX-Request" in request.headers
    context = {
        "form": form,
        "choices": {name: words for name, words in CHOICES.items() if name != "sort"},
        "projects": [one.slug for one in list_projects(who=request.user)],
        "found": found,
        "query": request.GET.urlencode(),
        **_choices(found),
        **_shown(request, form, found),
    }
    return render(request, "frontier/_piece.html" if is_piece else "frontier/page.html", context)


@of_frontier
def drawing(request: HttpRequest, form: RunFilterForm, found: Frontier) -> HttpResponse:
    """The figure as Plotly takes it."""
    return JsonResponse(frontier_figure(found))


@of_frontier
def table(request: HttpRequest, form: RunFilterForm, found: Frontier) -> HttpResponse:
    """The first points: the piece for a script, a page for everybody else."""
    made = frontier_table(found)
    units = [unit.value for unit in made.heads.values()]
    context = {
        "table": made,
        "heads": list(zip(made.heads, units, strict=True)),
        "rows": [list(zip(row, units, strict=True)) for row in made.rows[:ROWS_SHOWN]],
        "left_out": max(0, len(made.rows) - ROWS_SHOWN),
        "query": request.GET.urlencode(),
    }
    is_piece = "HX-Request" in request.headers
    return render(request, "frontier/_table.html" if is_piece else "frontier/table.html", context)


@of_frontier
def spreadsheet(request: HttpRequest, form: RunFilterForm, found: Frontier) -> HttpResponse:
    """All points as CSV."""
    made = frontier_table(found)
    return HttpResponse(
        to_csv(list(made.heads), made.rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="frontier.csv"'},
    )


def _choices(found: Frontier) -> dict[str, Any]:
    asked = found.asked
    return {
        "by": [(each.value, words, each in asked.by) for each, words in BY.items()],
        "axes": [(each.value, AXES[each], each is found.axis) for each in Axis],
        "rules": [(each.value, RULES[each], each in asked.rules) for each in Rule],
        "measures": [
            (RIGHT, _("known to be right"), found.measure == RIGHT),
            *((name, one_line(name), found.measure == name) for name in found.measures),
        ],
        "judges": [(name, one_line(name), name == found.judge) for name in found.judges],
        "bins": [(each.number, BINS[each], each is asked.difficulty) for each in Difficulty],
    }


Address = Callable[..., str]
"""Of the same page with something else asked for."""


def _shown(request: HttpRequest, form: RunFilterForm, found: Frontier) -> dict[str, Any]:
    here = {name: request.GET.getlist(name) for name in NAMES if request.GET.getlist(name)}

    def address(**more: object) -> str:
        told = {**form.values, **here, **more}
        return f"{reverse('frontier')}?{urlencode(told, doseq=True)}"

    return {
        "runs_address": f"{reverse('runs')}?{form.address}",
        "lack": None if found.points else lack_of(found),
        "axis_is_money": found.axis is Axis.COST,
        "best": _best(found, address),
        **_by_difficulty(found, address),
        **_worse_and_missing(found),
        "without_votes": Rule.VOTES not in found.asked.rules
        and "rules" not in here
        and any(each.rule for each in found.points),
        "with_votes": address(rules=[each.value for each in Rule]),
        "runs_of_system": found.of_system[:RUNS_SHOWN],
        "runs_left_out": max(0, len(found.of_system) - RUNS_SHOWN),
    }


def _best(found: Frontier, address: Address) -> list[tuple[Any, ...]]:
    """Return the frontier: each point, what returns it, its place, the step to it, and where its runs are."""
    return [
        (
            each,
            returned_by(each),
            each.at(found.axis),
            next((step for step in found.marginals if step.end is each), None),
            address(system=each.system) + RUNS,
        )
        for each in found.points
        if each.on_frontier
    ]


def _by_difficulty(found: Frontier, address: Address) -> dict[str, Any]:
    systems = list(dict.fromkeys(each.system for each in found.points))
    return {
        "binned": [
            (name, address(system=name) + RUNS, [row.systems.get(name) for row in found.bins])
            for name in systems[:SYSTEMS_SHOWN]
        ],
        "binned_left_out": max(0, len(systems) - SYSTEMS_SHOWN),
        "bin_heads": [
            (BINS[row.difficulty], row.questions, address(bin=row.difficulty.number))
            for row in found.bins
        ],
    }


def _worse_and_missing(found: Frontier) -> dict[str, Any]:
    return {
        "turned": [
            (
                each.at.system,
                RULES[each.at.rule],
                each.at.n,
                each.at.accuracy.mean,
                each.end.n,
                each.end.accuracy.mean,
            )
            for each in found.turned
        ],
        "missing": [
            (each.system, RULES[each.rule], UNDEFINED[each.why.value]) for each in found.missing
        ],
    }
