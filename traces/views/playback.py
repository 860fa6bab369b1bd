"""A run as it was at any entry of its ledger. Nothing runs: the record is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from traces.playback.kept import LONGEST, TooLong, get_changes
from traces.playback.rows import ordinal_of, rows_at
from traces.playback.said import PAGE, Said, say_answer, say_entries
from traces.queries import runs
from traces.views.access import for_people
from traces.views.run_list import refuse_address
from traces.views.tree import ROWS_AT_MOST


@for_people
def playback(request: HttpRequest, run_id: str) -> HttpResponse:
    """The page; for browsers without script, the entries as a list, a page at a time."""
    run = runs.get_run(who=request.user, run_id=run_id)
    seq = _seq(request.GET.get("seq", "0"))
    if seq is None or seq > run.last_seq:
        wrong = _("seq must be a whole number from 0 to %(last)d, the last entry of this run.")
        return refuse_address(request, wrong % {"last": run.last_seq})
    first = seq - seq % PAGE
    context: dict[str, Any] = {
        "run": run,
        "seq": seq,
        "entries": say_entries(who=request.user, run_id=run_id, first=first, limit=PAGE),
        "before": first - PAGE if first else None,
        "after": first + PAGE if first + PAGE <= run.last_seq else None,
        "longest": LONGEST,
        "is_too_long": run.last_seq >= LONGEST,
    }
    return render(request, "playback/page.html", context)


@gzip_page  # numbers and words of the vocabulary: nothing in the answer is a secret mixed with the asker's words
@for_people
def changes(request: HttpRequest, run_id: str) -> HttpResponse:
    """What each entry after a seq changed, as columns; a portion at a time."""
    after = _seq(request.GET.get("after", "0"))
    if request.GET.get("after") == "-1":
        after = -1
    if after is None:
        return HttpResponseBadRequest("after is a whole number, or -1")
    try:
        portion = get_changes(who=request.user, run_id=run_id, after=after)
    except TooLong as too_long:
        return HttpResponseBadRequest(str(too_long))
    return HttpResponse(portion, content_type="application/json")


@for_people
def rows(request: HttpRequest, run_id: str) -> HttpResponse:
    """The server's part of up to 200 rows of the tree, as they were at an entry; or of one, by its node's id."""
    run = runs.get_run(who=request.user, run_id=run_id)
    seq = _seq(request.GET.get("seq", str(run.last_seq)))
    asked = [_seq(word) for word in request.GET.get("nodes", "").split(",") if word]
    if "node_id" in request.GET:
        named = request.GET["node_id"]
        asked = [ordinal_of(who=request.user, run_id=run_id, node_id=named)]
    ordinals = [ordinal for ordinal in asked if ordinal is not None]
    if seq is None or len(ordinals) != len(asked) or len(ordinals) > ROWS_AT_MOST:
        return HttpResponseBadRequest(f"nodes is at most {ROWS_AT_MOST} whole numbers, seq is one")
    found = rows_at(who=request.user, run_id=run_id, seq=seq, ordinals=ordinals)
    context = {"rows": found, "run_id": run_id, "is_absent_shown": 0 in ordinals}
    return render(request, "playback/_rows.html", context)


@for_people
def entry(request: HttpRequest, run_id: str) -> HttpResponse:
    """What one entry says, in words."""
    run = runs.get_run(who=request.user, run_id=run_id)
    seq = _seq(request.GET.get("seq", str(run.last_seq)))
    if seq is None:
        return HttpResponseBadRequest("seq is a whole number")
    said: list[Said] = say_entries(who=request.user, run_id=run_id, first=seq, limit=1)
    context = {"run_id": run_id, "entry": said[0] if said and said[0].seq == seq else None}
    return render(request, "playback/_entry.html", context)


@for_people
def answer(request: HttpRequest, run_id: str) -> HttpResponse:
    """The answer that a node holds, and what it is called; `node` is its ordinal."""
    ordinal = _seq(request.GET.get("node", "0"))  # 0 is no node
    if ordinal is None:
        return HttpResponseBadRequest("node is a whole number")
    runs.get_run(who=request.user, run_id=run_id)
    found = say_answer(who=request.user, run_id=run_id, ordinal=ordinal) if ordinal else None
    return render(request, "playback/_answer.html", {"run_id": run_id, "answer": found})


def _seq(word: str) -> int | None:
    """A whole number from 0 of a sane length, or None."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 18 else None
