"""The graveyard of a run: every discarded path."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from traces.queries.discarded_paths import NOT_RECORDED, DiscardedPage, list_discarded
from traces.queries.graveyard import Group
from traces.queries.runs import get_run
from traces.views.access import for_people
from traces.views.graveyard_form import GraveyardForm
from traces.views.run_filter_form import Unreadable
from traces.views.run_list import refuse_address

ON_A_PAGE = 50
GROUPS_SHOWN = 40


@for_people
def graveyard(request: HttpRequest, run_id: str) -> HttpResponse:
    """The discarded paths: the piece for a script, a page for everybody else."""
    run = get_run(who=request.user, run_id=run_id)
    try:
        form = GraveyardForm.of(request.GET.dict())
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    cursor = request.GET.get("cursor") or None
    page = list_discarded(
        who=request.user, run_id=run_id, filters=form.filters, cursor=cursor, limit=ON_A_PAGE
    )
    context = {
        "run": run,
        "page": page,
        "form": form,
        "cursor": cursor,
        **_ways(run_id, form, page),
    }
    is_piece = "HX-Request" in request.headers
    template = "graveyard/_piece.html" if is_piece else "graveyard/page.html"
    return render(request, template, context)


def _ways(run_id: str, form: GraveyardForm, page: DiscardedPage) -> dict[str, Any]:
    """Return the addresses that the page leads to, and the groups that it shows."""
    here = reverse("run-graveyard", args=[run_id])
    shown, rest = page.groups[:GROUPS_SHOWN], page.groups[GROUPS_SHOWN:]
    return {
        "same_address": f"{here}?{form.address()}".rstrip("?"),
        "more": f"{here}?{form.address(cursor=page.next)}" if page.next else None,
        "groups": [
            (group, f"{here}?{_only(form, group)}", _is_asked(form, group)) for group in shown
        ],
        "other_groups": len(rest),
        "other_paths": sum(group.paths for group in rest),
        "reasons": list(dict.fromkeys(group.reason or NOT_RECORDED for group in page.groups)),
        "deciders": list(dict.fromkeys(group.by or NOT_RECORDED for group in page.groups))[
            :GROUPS_SHOWN
        ],
        "only_wrongly": f"{here}?{form.address(wrongly='1')}",
    }


def _only(form: GraveyardForm, group: Group) -> str:
    return form.address(reason=group.reason or NOT_RECORDED, by=group.by or NOT_RECORDED)


def _is_asked(form: GraveyardForm, group: Group) -> bool:
    asked = (form.values.get("reason"), form.values.get("by"))
    return asked == (group.reason or NOT_RECORDED, group.by or NOT_RECORDED)
