"""The pages of audit bundles: ask for one, watch it being written, have it, hand it on."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from traces.actions.ask_for_bundle import ask_for_bundle, cancel_bundle
from traces.actions.conflict import Unfit
from traces.audit.parquet import can_write_parquet
from traces.queries import runs
from traces.queries.access import NotAllowed, NotVisible, see_run, told_roles, viewer_of
from traces.queries.bundle_links import make_link
from traces.queries.bundles import MAY_EXPORT, get_bundle, list_bundles
from traces.queries.clock import read_clock
from traces.queries.foreign_runs import find_foreign
from traces.views.access import for_changes, for_people
from traces.views.bundle_form import PARTS, read_export, read_ticket
from traces.views.see_other import see_other


def of_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The bundles of a run, and the form for one; a POST asks for it."""
    return ask(request, run_id) if request.method == "POST" else page(request, run_id)


@for_people
def page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page."""
    return _page(request, run_id)


@for_changes
def ask(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask for a bundle; a worker writes it."""
    viewer = viewer_of(request.user)
    run = see_run(viewer, run_id)
    if viewer.roles.get(run.project_id) not in MAY_EXPORT:
        raise NotAllowed(told_roles(MAY_EXPORT))
    try:
        ask_for_bundle(
            run=run,
            options=read_export(request.POST, get_language() or "en"),
            by=viewer.by,
            bundle_id=read_ticket(request.POST),
            now_ns=read_clock(),
        )
    except Unfit as unfit:
        return _page(request, run_id, error=unfit.sentence, status=400)
    return see_other("run-bundles", run_id=run_id)


@for_people
def list_of_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The list alone, as it is now."""
    context = _listed(request, run_id) | {"run": runs.get_run(who=request.user, run_id=run_id)}
    return render(request, "bundles/_list.html", context)


@for_people
def everywhere(request: HttpRequest) -> HttpResponse:
    """The newest bundles of all projects; for a script the list alone."""
    template = "bundles/_list.html" if "HX-Request" in request.headers else "bundles/list.html"
    return render(request, template, _listed(request, None))


@for_changes
def cancel(request: HttpRequest, bundle_id: uuid.UUID) -> HttpResponse:
    """End an export that is not over; one that is stays as it is."""
    viewer = viewer_of(request.user, MAY_EXPORT)
    found = get_bundle(who=viewer, bundle_id=bundle_id)
    cancel_bundle(bundle_id=found.id, by=viewer.by, now_ns=read_clock())
    return see_other("run-bundles", run_id=found.run_id)


@for_changes
def share(request: HttpRequest, bundle_id: uuid.UUID) -> HttpResponse:
    """Show a link that needs no sign-in, for an hour."""
    found = get_bundle(who=request.user, bundle_id=bundle_id)
    if not found.is_ready:
        raise NotVisible
    link = make_link(found.id, now_ns=read_clock())
    context = {"bundle": found, "link": link, "address": request.build_absolute_uri(link.path)}
    return render(request, "bundles/link.html", context)


def _page(
    request: HttpRequest, run_id: uuid.UUID, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = _listed(request, run_id) | {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "foreign": find_foreign(who=request.user, run_id=run_id),
        "parts": PARTS,
        "can_parquet": can_write_parquet(),
        "ticket": uuid.uuid4(),
        "error": error,
        "sent": _sent(request),
    }
    return render(request, "bundles/page.html", context, status=status)


def _listed(request: HttpRequest, run_id: uuid.UUID | None) -> dict[str, Any]:
    viewer = viewer_of(request.user)
    rows = list_bundles(who=viewer, run_id=run_id)
    here = reverse("bundles") if run_id is None else reverse("run-bundle-list", args=[run_id])
    allowed = set(viewer.roles.values())
    if run_id is not None:
        allowed = {viewer.roles.get(see_run(viewer, run_id).project_id, "")}
    return {
        "bundles": rows,
        "is_busy": any(not row.is_over for row in rows),
        "list_address": here,
        "may_export": bool(allowed & set(MAY_EXPORT)),
    }


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return what the form held, for the page that says what is wrong with it."""
    sent = request.POST
    was_sent = request.method == "POST"
    return {
        "texts": sent.get("texts", ""),
        "part": sent.getlist("part"),
        "notes": sent.get("notes", ""),
        "reason": sent.get("reason", ""),
        "derived": "no" if was_sent and "derived" not in sent else "yes",
        "parquet": "yes" if "parquet" in sent else "no",
        "signed": "no" if was_sent and "signed" not in sent else "yes",
    }
