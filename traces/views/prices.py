"""The page of a project's prices: what has none, and the project's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from traces.actions.add_price_override import NotAPrice, add_price_override
from traces.actions.end_price_override import end_price_override
from traces.pricing import PRICE_TABLE
from traces.queries import runs
from traces.queries.access import NotVisible
from traces.queries.price_overrides import list_price_overrides
from traces.queries.projects import ProjectRow, get_project
from traces.queries.unpriced import NEWEST_RUNS, unpriced_of_projects, unpriced_of_run
from traces.views.access import for_changes, for_people
from traces.views.owned import form_on, get_owned, is_owner, read_time
from traces.views.price_form import PriceForm
from traces.views.see_other import see_other


def prices(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; a POST adds a price."""
    return add(request, slug) if request.method == "POST" else page(request, slug)


@for_people
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What has no price, and the project's own prices. `?run=` narrows; `?model=` fills in the form."""
    project = get_project(who=request.user, slug=slug)
    return _page(request, project, PriceForm.of(request.GET))


@for_changes
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a price, as an owner."""
    project, owner = get_owned(request, slug)
    form = PriceForm.of(request.POST)
    price = form.read()
    if price is not None:
        try:
            add_price_override(project_id=project.id, price=price, by=owner.by, now=read_time())
        except NotAPrice as wrong:
            form.errors[wrong.field] = wrong.sentence
    return (
        _page(request, project, form, status=400) if form.errors else see_other("prices", slug=slug)
    )


@form_on("prices")
def end(request: HttpRequest, slug: str, override_id: int) -> HttpResponse:
    """End a price on a day or, with `mistake`, altogether, as an owner."""
    project, owner = get_owned(request, slug)
    form = PriceForm.of({"valid_until": request.POST.get("on", "")})
    day = form.day("valid_until")
    is_mistake = "mistake" in request.POST
    if day is None and not is_mistake:
        blank = PriceForm.of({})
        blank.errors["on"] = gettext("Say on which day the price ends, as 2026-11-24.")
        return _page(request, project, blank, status=400)
    end_price_override(
        project_ids=[project.id],
        override_id=override_id,
        on=None if is_mistake else day,
        by=owner.by,
        now=read_time(),
    )
    return see_other("prices", slug=slug)


def _page(
    request: HttpRequest, project: ProjectRow, form: PriceForm, *, status: int = 200
) -> HttpResponse:
    run_id = request.GET.get("run")
    overrides = list_price_overrides(who=request.user, project_id=project.id)
    context: dict[str, Any] = {
        "project": project,
        "project_page": "prices",
        "form": form,
        "run": None,
        "in_force": [row for row in overrides if not row.was_mistake],
        "mistakes": [row for row in overrides if row.was_mistake],
        "may_change": is_owner(request, project),
        "table": PRICE_TABLE,
        "newest_runs": NEWEST_RUNS,
        "today": read_time().date(),
    }
    if run_id:
        context["run"] = runs.get_run(who=request.user, run_id=run_id)
        if context["run"].project != project.slug:
            raise NotVisible
        context["unpriced"] = unpriced_of_run(who=request.user, run_id=run_id)
    else:
        context["unpriced"] = unpriced_of_projects(who=request.user, project_id=project.id)
    return render(request, "prices/page.html", context, status=status)
