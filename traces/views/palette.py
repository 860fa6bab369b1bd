"""What the command palette asks the server for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.queries.palette import find_for_palette
from traces.views.access import for_people

WORDS_AT_MOST = 200


@for_people
def palette(request: HttpRequest) -> HttpResponse:
    """Nodes of the run `?run=` and runs, that answer to `?q=`: options of a list, never a page."""
    run_id = request.GET.get("run") or None
    text = request.GET.get("q", "")[:WORDS_AT_MOST]
    found = find_for_palette(who=request.user, text=text, run_id=run_id)
    return render(request, "palette/_found.html", {"found": found, "run_id": run_id})
