"""The tree of a run: its bones as columns, its rows as HTML, and an outline for browsers without script."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.gzip import gzip_page

from traces.queries import absent, node_search, runs, tree
from traces.views.access import for_people

ROWS_AT_MOST = 200
ROWS_WITH_BONES = 60
WORDS_AT_MOST = 200
LINES_ON_A_PAGE = 200


@gzip_page  # numbers only: nothing in the answer is a secret mixed with the asker's words
@for_people
def bones(request: HttpRequest, run_id: str) -> HttpResponse:
    """All nodes as columns, or those made or changed after a seq: half a megabyte for a hundred thousand."""
    after = _whole(request.GET.get("after", "-1"))
    if after is None:
        return HttpResponseBadRequest("after is a whole number")
    found = tree.get_bones(who=request.user, run_id=run_id, after=after)
    return HttpResponse(found.to_json(), content_type="application/json")


@for_people
def growth(request: HttpRequest, run_id: str) -> HttpResponse:
    """The bones of what was made or changed after a seq, and the newest rows of what is not discarded.

    As of `until`, though what came later may be among them: pages that were given it then go on from the same entry.
    """
    after, until = (_whole(request.GET.get(name, "")) for name in ("after", "until"))
    if after is None or until is None or not 0 <= after <= until:
        return HttpResponseBadRequest("after and until are whole numbers, the lesser one first")
    found = tree.get_bones(who=request.user, run_id=run_id, after=after)
    newest = found.shown()[-ROWS_WITH_BONES:]
    rows = tree.get_rows(who=request.user, run_id=run_id, ordinals=newest) if newest else []
    context = {"rows": rows, "run_id": run_id, "absent": None}
    written = render_to_string("tree/_rows.html", context, request)
    as_of = replace(found, seq=min(found.seq, until))
    return HttpResponse(as_of.to_json(written), content_type="application/json")


@for_people
def rows(request: HttpRequest, run_id: str) -> HttpResponse:
    """The server's part of up to 200 rows, named by ordinal; or of one, named by the id that its source gave it."""
    if "node_id" in request.GET:
        one = tree.find_row(who=request.user, run_id=run_id, node_id=request.GET["node_id"])
        return render(request, "tree/_rows.html", {"rows": [one], "run_id": run_id, "absent": None})
    asked = [_whole(word) for word in request.GET.get("nodes", "").split(",") if word]
    ordinals = [ordinal for ordinal in asked if ordinal is not None]
    if len(ordinals) != len(asked) or len(ordinals) > ROWS_AT_MOST:
        return HttpResponseBadRequest(f"nodes is at most {ROWS_AT_MOST} whole numbers")
    context: dict[str, Any] = {
        "rows": tree.get_rows(who=request.user, run_id=run_id, ordinals=ordinals),
        "run_id": run_id,
        "absent": None,
    }
    if absent.ORDINAL in ordinals:
        context["absent"] = absent.get_absent(who=request.user, run_id=run_id)
    return render(request, "tree/_rows.html", context)


@for_people
def search(request: HttpRequest, run_id: str) -> HttpResponse:
    """The ordinals of nodes that hold the words of `q`, of one portion; `next` is the following `after`."""
    words = request.GET.get("q", "")[:WORDS_AT_MOST]
    after = _whole(request.GET.get("after", "-1"))
    if after is None:
        return HttpResponseBadRequest("after is a whole number")
    found = node_search.find_nodes(who=request.user, run_id=run_id, text=words, after=after)
    ordinals = [node.ordinal for node in found.nodes]
    return JsonResponse({"ordinals": ordinals, "next": found.next, "has_more": found.has_more})


@for_people
def outline(request: HttpRequest, run_id: str) -> HttpResponse:
    """The tree in plain pages, in pre-order, every node on one of them."""
    page = max(1, _whole(request.GET.get("page", "1")) or 1)
    lines = tree.preorder(tree.get_bones(who=request.user, run_id=run_id, after=-1))
    cut = lines[(page - 1) * LINES_ON_A_PAGE : page * LINES_ON_A_PAGE]
    found = tree.get_rows(who=request.user, run_id=run_id, ordinals=[line.ordinal for line in cut])
    nodes: dict[int, Any] = {node.ordinal: node for node in found}
    nodes[absent.ORDINAL] = None  # the line for parents that were not received
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "lines": [
            {"node": nodes[line.ordinal], "level": line.level}
            for line in cut
            if line.ordinal in nodes
        ],
        "absent": absent.get_absent(who=request.user, run_id=run_id),
        "before": page - 1,
        "after": page + 1 if page * LINES_ON_A_PAGE < len(lines) else None,
        "page_size": LINES_ON_A_PAGE,
    }
    return render(request, "tree/outline.html", context)


@for_people
def not_received(request: HttpRequest, run_id: str) -> HttpResponse:
    """The panel of the line for parents that were named and not received; a page for everybody but a script."""
    found = absent.get_absent(who=request.user, run_id=run_id)
    template = "node/_absent.html" if "HX-Request" in request.headers else "node/absent.html"
    return render(request, template, {"run_id": run_id, "absent": found})


def _whole(word: str) -> int | None:
    """A whole number of a sane length, or None."""
    return int(word) if word.removeprefix("-").isdecimal() and len(word) <= 18 else None
