"""The ledger of a run: its entries as they were hashed, what was signed of it, and whether it still is what it was."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from traces.actions.check_run import ask_for_check
from traces.actions.conflict import Unfit
from traces.models.access import Role
from traces.models.run import FOREIGN
from traces.queries.access import NotVisible, may_add, see_run, viewer_of
from traces.queries.clock import read_clock
from traces.queries.ledger_page import Order, get_entry, list_entries
from traces.queries.run_checks import list_run_checks
from traces.queries.runs import get_run
from traces.queries.signed_notes import list_notes, read_notes
from traces.views.access import for_changes, for_people
from traces.views.choices import chosen, number_or_none, refuse_other_choices
from traces.views.see_other import see_other

TEXT = "text/plain; charset=utf-8"
SHOWN_BYTES = 64 * 1024
"""Of a line; the rest comes as a file."""


def ledger(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The ledger of a run; a POST asks that it be checked."""
    return ask(request, run_id) if request.method == "POST" else page(request, run_id)


@for_people
@refuse_other_choices
def page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page; `?order=` and `?seq=` say which entries, `?below=` which checkpoints."""
    return _page(request, run_id)


@for_people
def entry(request: HttpRequest, run_id: uuid.UUID, seq: int) -> HttpResponse:
    """One entry: the piece for a script, else a page; with `?full=line` the very bytes that were hashed."""
    found = get_entry(who=request.user, run_id=run_id, seq=seq)
    if (full := request.GET.get("full")) is not None:
        if full != "line":
            raise NotVisible
        return _file(found.line, f"run-{run_id}-{seq}.line")
    context = _rights(request, run_id) | {
        "entry": found,
        "line": found.line[:SHOWN_BYTES].decode("utf-8", "replace"),
        "is_cut": len(found.line) > SHOWN_BYTES,
        "signed": list_notes(who=request.user, run_id=run_id).covers,
    }
    is_piece = "HX-Request" in request.headers
    return render(request, "ledger/_entry.html" if is_piece else "ledger/entry.html", context)


@for_people
def checkpoint(request: HttpRequest, run_id: uuid.UUID, size: int) -> HttpResponse:
    """What was signed over so many entries, as a file to keep."""
    text = read_notes(who=request.user, run_id=run_id, size=size)
    return _file(text.encode(), f"checkpoint-{run_id}-{size}.txt")


@for_people
def checks(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The newest checks alone, as they are now."""
    return render(request, "ledger/_checks.html", _checked(request, run_id))


@for_changes
@refuse_other_choices
def ask(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask that the run be checked, as whoever may look at it; a worker does it."""
    viewer = viewer_of(request.user)
    run = see_run(viewer, run_id)
    try:
        ask_for_check(run=run, by=viewer.by, check_id=uuid.uuid4(), now_ns=read_clock())
    except Unfit as unfit:
        return _page(request, run_id, error=unfit.sentence, status=400)
    return see_other(f"{reverse('run-ledger', args=[run_id])}#check")


def _page(
    request: HttpRequest, run_id: uuid.UUID, *, error: str = "", status: int = 200
) -> HttpResponse:
    order = chosen(request, "order", Order) or Order.NEWEST
    start = number_or_none(request, "seq")
    below = number_or_none(request, "below")
    who = request.user
    context = _checked(request, run_id) | {
        "page": list_entries(who=who, run_id=run_id, order=order, start=start),
        "notes": list_notes(who=who, run_id=run_id, below=below),
        "order": order.value,
        "start": start,
        "below": below,
        "error": error,
    }
    return render(request, "ledger/page.html", context, status=status)


def _checked(request: HttpRequest, run_id: uuid.UUID) -> dict[str, Any]:
    found = list_run_checks(who=request.user, run_id=run_id)
    rights = _rights(request, run_id)
    newest = found[0] if found else None
    compared = newest.found.size if newest and newest.found else 0
    return rights | {
        "check": newest,
        "grown": max(0, rights["run"].counts.events - compared),
        "earlier": found[1:],
        "is_busy": bool(found) and not found[0].is_over,
    }


def _rights(request: HttpRequest, run_id: uuid.UUID) -> dict[str, Any]:
    viewer = viewer_of(request.user)
    row = see_run(viewer, run_id)
    return {
        "run": get_run(who=viewer, run_id=run_id),
        "is_foreign": row.source == FOREIGN,
        "may_delete": may_add(viewer, row, [Role.OWNER]),
    }


def _file(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=TEXT, headers=headers)
