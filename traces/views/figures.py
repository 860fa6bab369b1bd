"""Figures of a run: as JSON for the browser to draw, as tables, and as CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page

from traces.analytics.spreadsheet import to_csv
from traces.figures.cost import cost_icicle
from traces.figures.counterfactual import curve_figure, curve_table
from traces.figures.decision import decision_figure
from traces.figures.flow import flow_figure
from traces.figures.search import NAMES, search_figure
from traces.figures.spread import spread_figure
from traces.figures.tables import (
    Table,
    cost_table,
    decision_table,
    flow_table,
    search_table,
    spread_table,
    timeline_table,
)
from traces.figures.timeline import timeline_drawing
from traces.queries import costs, decision, flows, points, runs, set_aside, spread, timeline
from traces.queries.asked import Unaskable, read_asked
from traces.queries.counterfactual import get_counterfactual
from traces.queries.points import Axis
from traces.queries.spread import Unit
from traces.queries.what_if import Counterfactual
from traces.templatetags.trace_text import one_line
from traces.views.access import for_people
from traces.views.choices import NotAChoice, chosen, refuse_other_choices

ROWS_SHOWN = 100
NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """How a figure is read, drawn and told as a table."""

    title: str | Promise
    read: Callable[[HttpRequest, str], Any]
    draw: Callable[[Any], dict[str, Any]]
    tabulate: Callable[[Any], Table]


def _read_cost(request: HttpRequest, run_id: str) -> list[costs.Sector]:
    root = request.GET.get("root") or None
    found = costs.cost_by_branch(who=request.user, run_id=run_id, root=root)
    return [replace(one, label=one_line(one.label)) for one in found]


def _read_search(request: HttpRequest, run_id: str) -> points.Points:
    x, y = chosen(request, "x", Axis), chosen(request, "y", Axis)
    return points.get_points(who=request.user, run_id=run_id, x=x, y=y)


def _read_flow(request: HttpRequest, run_id: str) -> list[flows.Flow]:
    return flows.list_flows(who=request.user, run_id=run_id)


def _read_spread(request: HttpRequest, run_id: str) -> spread.Spread:
    unit = chosen(request, "of", Unit) or Unit.CALL
    return spread.get_spread(who=request.user, run_id=run_id, unit=unit)


def _read_timeline(request: HttpRequest, run_id: str) -> timeline.Timeline:
    found = timeline.get_timeline(who=request.user, run_id=run_id)
    return replace(found, bars=[replace(bar, name=_short(bar.name)) for bar in found.bars])


def read_decision(request: HttpRequest, run_id: str) -> decision.DecisionRow:
    """Return how a run came to its answer, with every text of others made visible."""
    found = decision.get_decision(who=request.user, run_id=run_id)
    return replace(
        found,
        returned=None if found.returned is None else one_line(found.returned),
        answers=[replace(each, answer=one_line(each.answer)) for each in found.answers],
        leads=[replace(each, answer=one_line(each.answer)) for each in found.leads],
        marks=[replace(each, about=one_line(each.about)) for each in found.marks],
    )


def _read_counterfactual(request: HttpRequest, run_id: str) -> Counterfactual:
    try:
        asked = read_asked(request.GET.dict())
    except Unaskable as wrong:
        raise NotAChoice(str(wrong)) from None
    return get_counterfactual(who=request.user, run_id=run_id, asked=asked)


def _short(name: str) -> str:
    return one_line(name[:NAME_CHARS])


FIGURES = {
    "cost": Figure(_("Cost by branch"), _read_cost, cost_icicle, cost_table),
    "search": Figure(_("The whole search"), _read_search, search_figure, search_table),
    "flow": Figure(_("From level to verdict to fate"), _read_flow, flow_figure, flow_table),
    "spread": Figure(_("How dear single calls were"), _read_spread, spread_figure, spread_table),
    "decision": Figure(_("Decision"), read_decision, decision_figure, decision_table),
    "counterfactual": Figure(
        _("By the number of samples"), _read_counterfactual, curve_figure, curve_table
    ),
    "timeline": Figure(_("Timeline"), _read_timeline, timeline_drawing, timeline_table),
}


@for_people
@refuse_other_choices
def figures(request: HttpRequest, run_id: str) -> HttpResponse:
    """All figures of a run on one page; `x`, `y` and `of` choose what two of them show."""
    context = {
        "axes": [(name, chosen(request, name, Axis)) for name in ("y", "x")],
        "axis_choices": [(each, NAMES[each]) for each in Axis],
        "units": list(Unit),
        "unit": chosen(request, "of", Unit) or Unit.CALL,
        "run": runs.get_run(who=request.user, run_id=run_id),
        "set_aside": set_aside.list_set_aside(who=request.user, run_id=run_id),
        "query": request.GET.urlencode(),
    }
    return render(request, "figures/page.html", context)


class Gaps(StrEnum):
    """How the time in which nothing went on is drawn."""

    TRUE = "true"
    """As long as it was."""
    SHORT = "short"
    """Shortened, each at its mark."""


@for_people
@refuse_other_choices
def run_timeline(request: HttpRequest, run_id: str) -> HttpResponse:
    """When the nodes of a run went on; `gaps` says how idle time is drawn."""
    context = {
        "gaps": chosen(request, "gaps", Gaps) or Gaps.TRUE,
        "run": runs.get_run(who=request.user, run_id=run_id),
    }
    return render(request, "figures/timeline.html", context)


@for_people
@refuse_other_choices
def drawing(request: HttpRequest, run_id: str, name: str) -> HttpResponse:
    """A figure as Plotly takes it, in roles instead of colours, and in a sentence."""
    figure = FIGURES[name]
    return JsonResponse(figure.draw(figure.read(request, run_id)))


packed_drawing = gzip_page(drawing)
"""Of a figure that has many numbers and no text of others, so that packing it tells nobody anything."""


@for_people
@refuse_other_choices
def table(request: HttpRequest, run_id: str, name: str) -> HttpResponse:
    """The first rows of a figure's data: the piece for a script, a page for everybody else."""
    figure = FIGURES[name]
    made = figure.tabulate(figure.read(request, run_id))
    units = [unit.value for unit in made.heads.values()]
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "name": name,
        "title": figure.title,
        "table": made,
        "heads": list(zip(made.heads, units, strict=True)),
        "rows": [list(zip(row, units, strict=True)) for row in made.rows[:ROWS_SHOWN]],
        "left_out": max(0, len(made.rows) - ROWS_SHOWN),
        "query": request.GET.urlencode(),
    }
    is_piece = "HX-Request" in request.headers
    return render(request, "figures/_table.html" if is_piece else "figures/table.html", context)


@for_people
@refuse_other_choices
def spreadsheet(request: HttpRequest, run_id: str, name: str) -> HttpResponse:
    """All of a figure's data as CSV."""
    figure = FIGURES[name]
    made = figure.tabulate(figure.read(request, run_id))
    return HttpResponse(
        to_csv(list(made.heads), made.rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{run_id}.csv"'},
    )
