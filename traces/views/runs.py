"""The list of runs, and the page of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from deliberation.vocabulary import ObservedState, Strategy, StrategySource
from traces.queries import (
    candidates,
    costs,
    judged,
    projects,
    runs,
    set_aside,
    trace_links,
    verdict_header,
)
from traces.views.access import for_people
from traces.views.control import bar_context
from traces.views.strategy import StrategyForm, may_judge

ON_A_PAGE = 50
IN_THE_TABLE = 40
FILTERS = ("q", "state", "strategy", "strategy_source")


def _rows_context(request: HttpRequest) -> dict[str, Any]:
    asked = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    cursor = request.GET.get("cursor") or None
    filters = runs.RunFilters(
        q=asked.get("q"),
        state=asked.get("state"),
        strategy=asked.get("strategy"),
        strategy_source=asked.get("strategy_source"),
    )
    page = runs.list_runs(who=request.user, filters=filters, cursor=cursor, limit=ON_A_PAGE)
    return {
        "page": page,
        "filters": filters,
        "filtered": bool(asked),
        "cursor": cursor,
        "here": f"{reverse('run-rows')}?{urlencode(asked)}",
        "older": f"{reverse('runs')}?{urlencode({**asked, 'cursor': page.next or ''})}",
        **({} if page.items else _first_steps(request)),
    }


def _first_steps(request: HttpRequest) -> dict[str, Any]:
    """What a newcomer pastes first. Only on this machine is there a file that holds the key."""
    if not settings.LOCAL_SIGN_IN_TOKEN:
        address = request.build_absolute_uri("/").rstrip("/")
        return {"first_step": f"export INSPECTOR_URL={address} INSPECTOR_KEY=…"}
    file = settings.DATA_DIR / "local.env"
    near = file.relative_to(settings.BASE_DIR) if file.is_relative_to(settings.BASE_DIR) else file
    return {"first_step": f". {near}"}


@for_people
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs a person may see, newest first, filtered by the address."""
    context = _rows_context(request) | {
        "states": [state.value for state in ObservedState],
        "strategies": [strategy.value for strategy in Strategy],
        "strategy_sources": [source.value for source in StrategySource],
        "projects": [one.slug for one in projects.list_projects(who=request.user)],
    }
    return render(request, "runs/list.html", context)


@for_people
def run_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, for a filter or a poke; the address bar follows a filter."""
    context = _rows_context(request)
    response = render(request, "runs/_rows.html", context)
    if request.headers.get("HX-Trigger") != "runs-rows":
        response["HX-Replace-Url"] = context["here"].replace(reverse("run-rows"), reverse("runs"))
    return response


def _header_context(request: HttpRequest, run_id: str) -> dict[str, Any]:
    return {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "header": verdict_header.get_header(who=request.user, run_id=run_id),
        "linked": trace_links.linked_runs(who=request.user, run_id=run_id),
    }


@for_people
def run_detail(request: HttpRequest, run_id: str) -> HttpResponse:
    """A run, opened on its verdict."""
    context = _header_context(request, run_id) | {
        **bar_context(request, run_id),
        "table": candidates.list_candidates(who=request.user, run_id=run_id),
        "set_aside": set_aside.list_set_aside(who=request.user, run_id=run_id),
        "sectors": costs.cost_by_branch(
            who=request.user, run_id=run_id, root=None, max_sectors=IN_THE_TABLE
        ),
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


@for_people
def run_candidates(request: HttpRequest, run_id: str) -> HttpResponse:
    """The candidates alone."""
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "table": candidates.list_candidates(who=request.user, run_id=run_id),
    }
    return render(request, "node/_candidates.html", context)
