"""The pages on what many runs come to: all sections, each alone, the runs of a figure, and the data of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from traces.analytics.spreadsheet import Cell, to_csv
from traces.figures.over_runs import FIGURES
from traces.queries.over_runs.labels import FIGURE_TITLES, GROUPINGS, MEASURES
from traces.queries.over_runs.scope import MOST_RUNS, SECONDS, TooMuch
from traces.queries.over_runs.sections import SECTIONS, NotACell, list_members
from traces.queries.over_runs.told import Fact, Section
from traces.queries.projects import list_projects
from traces.templatetags.over_runs import found_by, label, words
from traces.views.access import for_people
from traces.views.analytics_form import AnalyticsForm, read_cell
from traces.views.figures import ROWS_SHOWN
from traces.views.run_filter_form import CHOICES, Unreadable
from traces.views.run_list import ON_A_PAGE, refuse_address
from traces.views.selfcheck_words import UNDEFINED

View = Callable[..., HttpResponse]
HEADS = (
    "table", "row", "figure", "value", "unit", "n", "low", "high", "interval", "undefined",
)  # fmt: skip


def refuse_unreadable(view: View) -> View:
    """A view that answers 400 with a sentence to what its address cannot mean, 404 to a section that is none."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs.get("section") not in (None, *SECTIONS):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except Unreadable as wrong:
            return refuse_address(request, str(wrong))
        except NotACell as wrong:
            known = gettext("cell_{name} names nothing that is counted here.")
            return refuse_address(request, known.format(name=wrong))

    return answer


@for_people
@refuse_unreadable
def analytics(request: HttpRequest) -> HttpResponse:
    """All sections, each fetched when it comes into view; a filter's script gets them alone."""
    form = AnalyticsForm.of(request)
    form.scope(
        request
    )  # so that what no list of runs would take is refused here, and not by each section
    context = _context(request, form) | {"sections": list(SECTIONS)}
    if "HX-Request" not in request.headers:
        return render(request, "analytics/page.html", context)
    response = render(request, "analytics/_sections.html", context)
    response["HX-Replace-Url"] = f"{reverse('analytics')}?{form.address}"
    return response


@for_people
@refuse_unreadable
def section(request: HttpRequest, section: str) -> HttpResponse:
    """One section: the piece for a script, a page for everybody else."""
    form = AnalyticsForm.of(request)
    context = _context(request, form) | {"key": section, "figure_title": FIGURE_TITLES.get(section)}
    try:
        context["section"] = SECTIONS[section].read(form.scope(request))
    except TooMuch:
        context["too_much"] = SECONDS
    is_piece = "HX-Request" in request.headers
    template = "analytics/_section.html" if is_piece else "analytics/section.html"
    return render(request, template, context)


@for_people
@refuse_unreadable
def members(request: HttpRequest, section: str) -> HttpResponse:
    """The runs that a figure of a section counts, the newest first."""
    form, cell = AnalyticsForm.of(request), read_cell(request)
    cursor = request.GET.get("cursor") or None
    context = _context(request, form) | {"key": section, "cell": cell}
    try:
        page = list_members(
            scope=form.scope(request), section=section, cell=cell, cursor=cursor, limit=ON_A_PAGE
        )
    except TooMuch:
        return render(request, "analytics/runs.html", context | {"too_much": SECONDS})
    asked = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    older = urlencode([*asked, ("cursor", page.next or "")])
    return render(request, "analytics/runs.html", context | {"page": page, "older": older})


@for_people
@refuse_unreadable
def spreadsheet(request: HttpRequest, section: str) -> HttpResponse:
    """Every figure of a section as CSV, a line for each."""
    try:
        found = SECTIONS[section].read(AnalyticsForm.of(request).scope(request))
    except TooMuch:
        return refuse_slow(request)
    return _csv(to_csv(HEADS, _lines(found)), section)


@for_people
@refuse_unreadable
def drawing(request: HttpRequest, section: str) -> HttpResponse:
    """A section's figure as Plotly takes it, in roles instead of colours, and in a sentence."""
    return _of_figure(request, section, lambda figure, data: JsonResponse(figure.draw(*data)))


@for_people
@refuse_unreadable
def table(request: HttpRequest, section: str) -> HttpResponse:
    """The first rows of a figure's data: the piece for a script, a page for everybody else."""

    def show(figure: Any, data: tuple[Any, ...]) -> HttpResponse:
        made = figure.tabulate(*data)
        units = [unit.value for unit in made.heads.values()]
        context = _context(request, AnalyticsForm.of(request)) | {
            "key": section,
            "table": made,
            "heads": list(zip(made.heads, units, strict=True)),
            "rows": [list(zip(row, units, strict=True)) for row in made.rows[:ROWS_SHOWN]],
            "left_out": max(0, len(made.rows) - ROWS_SHOWN),
        }
        is_piece = "HX-Request" in request.headers
        return render(
            request, "analytics/_table.html" if is_piece else "analytics/table.html", context
        )

    return _of_figure(request, section, show)


@for_people
@refuse_unreadable
def figure_spreadsheet(request: HttpRequest, section: str) -> HttpResponse:
    """All of a figure's data as CSV."""

    def write(figure: Any, data: tuple[Any, ...]) -> HttpResponse:
        made = figure.tabulate(*data)
        return _csv(to_csv(list(made.heads), made.rows), f"{section}-figure")

    return _of_figure(request, section, write)


def refuse_slow(request: HttpRequest) -> HttpResponse:
    """Answer a question that took too long, with a sentence on what to do."""
    sentence = gettext("This took longer than {seconds} seconds. Narrow the runs by a filter.")
    context = {"title": gettext("Too much"), "detail": sentence.format(seconds=SECONDS)}
    return render(request, "error.html", context, status=503)


def _of_figure(
    request: HttpRequest, section: str, answer: Callable[[Any, tuple[Any, ...]], HttpResponse]
) -> HttpResponse:
    if section not in FIGURES:
        raise Http404
    figure, scope = FIGURES[section], AnalyticsForm.of(request).scope(request)
    try:
        return answer(figure, (figure.read(scope), scope))
    except TooMuch:
        return refuse_slow(request)


def _context(request: HttpRequest, form: AnalyticsForm) -> dict[str, Any]:
    return {
        "form": form.runs,
        "asked": form,
        "query": form.address,
        "runs_query": form.runs.address,
        "choices": {name: words for name, words in CHOICES.items() if name != "sort"},
        "projects": [one.slug for one in list_projects(who=request.user)],
        "measures": list(MEASURES.items()),
        "groupings": list(GROUPINGS.items()),
        "most_runs": MOST_RUNS,
        "undefined": UNDEFINED,
    }


def _csv(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="analytics-{name}.csv"'},
    )


def _lines(found: Section) -> list[list[Cell]]:
    lines = [_line(None, None, fact) for fact in found.facts]
    for each in found.tables:
        title = str(words(each.key).label)
        lines += [_line(title, None, fact) for fact in each.facts]
        lines += [_line(title, label(row), fact) for row in each.rows for fact in row.facts]
    return lines


def _line(title: str | None, row: str | None, fact: Fact) -> list[Cell]:
    value = None if fact.undefined is not None else fact.value
    low, high = fact.interval or (None, None)
    why = UNDEFINED[fact.undefined.value] if fact.undefined is not None else ""
    return [
        title,
        row,
        str(words(fact.key).label),
        value,  # type: ignore[list-item]
        fact.unit.value,
        fact.n,
        low,
        high,
        found_by(fact),
        str(why),
    ]
