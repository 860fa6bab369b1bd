"""The figures of a verifier: as JSON for the browser to draw, as tables, and as CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from traces.analytics.spreadsheet import to_csv
from traces.figures.reliability import reliability_figure, reliability_table
from traces.figures.selection import selection_figure, selection_table
from traces.figures.tables import Table
from traces.queries.verifier import get_drawn
from traces.views.access import for_people
from traces.views.owned import read_time
from traces.views.verifier_form import JUDGING, VerifierForm, told_unreadable


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a verifier: its place in what is drawn, how it is drawn, and told as a table."""

    title: str | Promise
    place: int
    draw: Callable[[Any], dict[str, Any]]
    tabulate: Callable[[Any], Table]


FIGURES = {
    "reliability": Figure(_("Reliability"), 0, reliability_figure, reliability_table),
    "best-of-n": Figure(_("Best of N"), 1, selection_figure, selection_table),
}


@for_people
@told_unreadable
def drawing(request: HttpRequest, name: str, figure: str) -> HttpResponse:
    """A figure as Plotly takes it, in roles instead of colours, and in a sentence."""
    return JsonResponse(FIGURES[figure].draw(_drawn(request, name, figure)))


@for_people
@told_unreadable
def table(request: HttpRequest, name: str, figure: str) -> HttpResponse:
    """A figure's data: the piece for a script, a page for everybody else."""
    made = FIGURES[figure].tabulate(_drawn(request, name, figure))
    units = [unit.value for unit in made.heads.values()]
    form = VerifierForm.of(request.GET.dict())
    context = {
        "verifier": name,
        "name": figure,
        "title": FIGURES[figure].title,
        "table": made,
        "heads": list(zip(made.heads, units, strict=True)),
        "rows": [list(zip(row, units, strict=True)) for row in made.rows],
        "query": form.query("cursor", *JUDGING),
    }
    is_piece = "HX-Request" in request.headers
    return render(request, "figures/_table.html" if is_piece else "verifiers/table.html", context)


@for_people
@told_unreadable
def spreadsheet(request: HttpRequest, name: str, figure: str) -> HttpResponse:
    """A figure's data as CSV."""
    made = FIGURES[figure].tabulate(_drawn(request, name, figure))
    return HttpResponse(
        to_csv(list(made.heads), made.rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="verifier-{figure}.csv"'},
    )


def _drawn(request: HttpRequest, name: str, figure: str) -> Any:
    form = VerifierForm.of(request.GET.dict())
    drawn = get_drawn(
        who=request.user,
        asked=form.judging(name),
        filters=form.filters(read_time()),
        cursor=form.cursor,
    )
    return drawn[FIGURES[figure].place]
