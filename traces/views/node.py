"""One node: its panel, its own page, and its full texts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from deliberation.vocabulary import NodeStatus
from traces.queries import node as nodes
from traces.queries import node_sections, readings, trace_links
from traces.queries.ending import get_ending
from traces.queries.program import has_program
from traces.views.access import for_people


@for_people
def node(request: HttpRequest, run_id: str, node_id: str) -> HttpResponse:
    """The panel for a script, a page for everybody else; `?full=part` is that part's whole text."""
    if part := request.GET.get("full"):
        return _whole_text(request, run_id, node_id, part)
    found = nodes.get_node(who=request.user, run_id=run_id, node_id=node_id)
    was_cut = found.status == NodeStatus.CANCELLED.value
    context = {
        "run_id": run_id,
        "node": found,
        "has_program": has_program(who=request.user, run_id=run_id),
        "node_id": node_id,
        "sections": node_sections.sections_of(found),
        "judgements": node_sections.judgements_of(found),
        "ending": get_ending(who=request.user, run_id=run_id) if was_cut else None,
        "links": trace_links.list_links(who=request.user, run_id=run_id, node_id=node_id),
        "node_url": reverse("node", args=[run_id, node_id]),
        "mapping_url": reverse("node-mapping", args=[run_id, node_id]),
    }
    template = "node/_panel.html" if "HX-Request" in request.headers else "node/page.html"
    return render(request, template, context)


@for_people
def mapping(request: HttpRequest, run_id: str, node_id: str) -> HttpResponse:
    """How what came in became the node."""
    context = {
        "run_id": run_id,
        "node": nodes.get_node(who=request.user, run_id=run_id, node_id=node_id, text_limit=0),
        "node_url": reverse("node", args=[run_id, node_id]),
        "readings": readings.read_node_readings(who=request.user, run_id=run_id, node_id=node_id),
    }
    return render(request, "node/mapping.html", context)


def _whole_text(request: HttpRequest, run_id: str, node_id: str, part: str) -> HttpResponse:
    """Bytes as they were recorded, to save and never to render: what others wrote runs nowhere."""
    data = nodes.get_part(who=request.user, run_id=run_id, node_id=node_id, part=part)
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="part.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
