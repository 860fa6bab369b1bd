"""The notes of a run: threads on it and on its nodes, and the forms that write, revise and withdraw one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from traces.actions.change_note import revise_note, withdraw_note
from traces.actions.write_note import NoteDraft, write_note
from traces.models.access import Role
from traces.models.run import FOREIGN
from traces.queries.access import JUDGES, NotVisible, may_add, see_run, viewer_of
from traces.queries.remarks import RemarkFilter, list_remarks, list_speakers, list_threads
from traces.queries.runs import get_run
from traces.queries.tree import find_row
from traces.queries.tree_row import TreeRow
from traces.views.access import for_changes, for_people
from traces.views.remark_filter_form import RemarkFilterForm
from traces.views.run_filter_form import Unreadable
from traces.views.run_list import refuse_address
from traces.views.see_other import see_other
from traces.views.speaking import answer, check_judge, speech_of

ON_A_PAGE = 30
ON_A_NODE = 20


def notes(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What people said of the run; a POST writes a note."""
    return write(request, run_id) if request.method == "POST" else page(request, run_id)


def note(request: HttpRequest, run_id: uuid.UUID, note_id: str) -> HttpResponse:
    """A POST revises a note or withdraws it; who comes here otherwise is sent to the notes."""
    return change(request, run_id, note_id) if request.method == "POST" else back(request, run_id)


@for_people
def page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The threads: the piece for a script, a page for everybody else."""
    run = get_run(who=request.user, run_id=run_id)
    try:
        form = RemarkFilterForm.of(request.GET.dict())
    except Unreadable as wrong:
        return refuse_address(request, str(wrong))
    filters, cursor = form.filters, request.GET.get("cursor") or None
    here = reverse("run-notes", args=[run_id])
    context = _said(request, run_id, filters, cursor, ON_A_PAGE) | {"run": run}
    following = context["next"]
    context |= {
        "form": form,
        "cursor": cursor,
        "on_node": _node(request, run_id, filters.node),
        "speakers": list_speakers(run_id),
        "whole_page": True,
        "here": f"{here}?{form.address(cursor=cursor)}",
        "more": f"{here}?{form.address(cursor=following)}" if following else None,
    }
    is_piece = "HX-Request" in request.headers
    return render(request, "remarks/_threads.html" if is_piece else "remarks/page.html", context)


@for_people
def on_node(request: HttpRequest, run_id: uuid.UUID, node_id: str) -> HttpResponse:
    """The notes on one node, for its panel; a page for everybody but a script."""
    filters = RemarkFilter(node=node_id)
    context = _said(request, run_id, filters, None, ON_A_NODE) | {"node_id": node_id}
    is_piece = "HX-Request" in request.headers
    return render(request, f"remarks/{'_on_node' if is_piece else 'on_node'}.html", context)


@for_people
def back(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The way to the notes."""
    see_run(request.user, run_id)
    return see_other("run-notes", run_id=run_id)


@for_changes
def write(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Write a note, or an answer to one."""
    run, judge = check_judge(request, run_id)
    speech, sent = speech_of(request, run, judge), request.POST
    node_id = sent.get("node") or None
    draft = NoteDraft(
        text=sent.get("text", ""), node_id=node_id, reply_to=sent.get("reply_to") or None
    )
    place = f"{_address(run_id, node=node_id)}#note-{speech.ticket}"
    return answer(request, run, lambda: write_note(speech=speech, draft=draft), place)


@for_changes
def change(request: HttpRequest, run_id: uuid.UUID, note_id: str) -> HttpResponse:
    """Revise a note, or withdraw it with `act=withdraw`."""
    run, judge = check_judge(request, run_id)
    speech = speech_of(request, run, judge)
    is_owner = judge.roles.get(run.project_id) == Role.OWNER
    place = f"{_address(run_id)}#note-{note_id}"
    if request.POST.get("act") == "withdraw":
        return answer(
            request,
            run,
            lambda: withdraw_note(speech=speech, note_id=note_id, is_owner=is_owner),
            place,
        )
    text = request.POST.get("text", "")
    return answer(
        request, run, lambda: revise_note(speech=speech, note_id=note_id, text=text), place
    )


def _said(
    request: HttpRequest, run_id: uuid.UUID, filters: RemarkFilter, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return the threads, or of one thread all that was said in it, and who may say more."""
    who = viewer_of(request.user)
    run = see_run(who, run_id)
    asked: dict[str, Any] = {
        "who": who, "run_id": run_id, "filters": filters, "cursor": cursor, "limit": limit
    }  # fmt: skip
    of_one = None if filters.thread is None else list_remarks(**asked)
    threads = None if of_one else list_threads(**asked)
    return {
        "run_id": run_id,
        "threads": threads.items if threads else [],
        "remarks": of_one.items if of_one else [],
        "next": (of_one or threads).next,  # type: ignore[union-attr]
        "by": who.by,
        "is_owner": may_add(who, run, [Role.OWNER]),
        "may_judge": may_add(who, run, JUDGES),
        "is_foreign": run.source == FOREIGN,
    }


def _node(request: HttpRequest, run_id: uuid.UUID, node_id: str | None) -> TreeRow | None:
    if node_id is None:
        return None
    try:
        return find_row(who=request.user, run_id=run_id, node_id=node_id)
    except NotVisible:
        return None  # named, and not received yet; or nobody names it, and nothing was said


def _address(run_id: uuid.UUID, *, node: str | None = None) -> str:
    query = RemarkFilterForm({"node": node} if node else {}).address()
    return f"{reverse('run-notes', args=[run_id])}?{query}".rstrip("?")
