"""Pieces of a node that are too large for its page: portions of texts, folded JSON, earlier messages, entries."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render

from traces.models.access import Role
from traces.queries import conversations, portions
from traces.queries.access import may_add, see_run, viewer_of
from traces.queries.node_entries import list_node_entries
from traces.views.access import View, for_people
from traces.views.choices import NotAChoice, number_or_none


def _refuse_other_ranges(view: View) -> View:
    """A view that answers 400 with a sentence for a range that is none, or none of what is asked for."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (NotAChoice, portions.NoSuchRange) as refused:
            return HttpResponseBadRequest(str(refused), content_type="text/plain; charset=utf-8")

    return answer


@for_people
@_refuse_other_ranges
def text(request: HttpRequest, run_id: str, part: str, node_id: str) -> HttpResponse:
    """A portion of a text, of the characters `?from=` to before `?to=`: the first, or with `end=1` the last.

    With `message` and `index`, of that part of a message.
    """
    place: dict[str, Any] = {
        "who": request.user,
        "run_id": run_id,
        "node_id": node_id,
        "part": part,
        "start": number_or_none(request, "from") or 0,
        "end": number_or_none(request, "to"),
        "at_end": request.GET.get("end") == "1",
    }
    message, index = number_or_none(request, "message"), number_or_none(request, "index")
    if message is None:
        portion = portions.read_portion(**place)
    else:
        portion = conversations.read_piece(**place, message=message, index=index or 0)
    found = {"portion": portion, "message": message, "index": index}
    return _piece(request, "node/_portion.html", place | found)


@for_people
@_refuse_other_ranges
def folded(request: HttpRequest, run_id: str, part: str, node_id: str) -> HttpResponse:
    """Members of JSON, from the place `?from=` to before `?to=`."""
    place: dict[str, Any] = {"run_id": run_id, "node_id": node_id, "part": part}
    start, end = number_or_none(request, "from"), number_or_none(request, "to")
    members = portions.read_folded(
        who=request.user, **place, start=1 if start is None else start, end=end
    )
    return _piece(request, "node/_members.html", {**place, "members": members})


@for_people
@_refuse_other_ranges
def messages(request: HttpRequest, run_id: str, part: str, node_id: str) -> HttpResponse:
    """The messages of a conversation that come before the one numbered `?before=`."""
    place: dict[str, Any] = {"run_id": run_id, "node_id": node_id, "part": part}
    before = number_or_none(request, "before")
    page = conversations.read_messages(who=request.user, **place, before=before)
    found = {"messages": page.items, "earlier": page.earlier}
    return _piece(request, "node/_messages.html", place | found)


@for_people
@_refuse_other_ranges
def entries(request: HttpRequest, run_id: str, node_id: str) -> HttpResponse:
    """The ledger entries that speak of the node, after the seq `?after=`."""
    after = number_or_none(request, "after")
    place: dict[str, Any] = {"run_id": run_id, "node_id": node_id}
    found = list_node_entries(who=request.user, **place, after=-1 if after is None else after)
    return _piece(
        request,
        "node/_entries.html",
        {**place, "entries": found, "part": "", "may_delete": _owns(request, run_id)},
    )


def _owns(request: HttpRequest, run_id: str) -> bool:
    viewer = viewer_of(request.user)
    return may_add(viewer, see_run(viewer, run_id), [Role.OWNER])


def _piece(request: HttpRequest, template: str, found: dict[str, Any]) -> HttpResponse:
    """The piece alone for a script, on a page for everybody else."""
    shown = template if "HX-Request" in request.headers else "node/piece.html"
    return render(request, shown, {**found, "piece": template})
