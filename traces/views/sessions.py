"""The page of a session: what was asked and answered, run by run, and what it came to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from traces.queries.sessions import get_session
from traces.views.access import for_people

ON_A_PAGE = 50


def _context(request: HttpRequest, slug: str, session_id: str) -> dict[str, Any]:
    cursor = request.GET.get("cursor") or None
    found = get_session(
        who=request.user, session_id=session_id, project=slug, cursor=cursor, limit=ON_A_PAGE
    )
    address = reverse("session", args=[slug, session_id])
    return {
        "session": found,
        "cursor": cursor,
        "first": address,
        "later": f"{address}?{urlencode({'cursor': found.next or ''})}",
    }


@for_people
def session(request: HttpRequest, slug: str, session_id: str) -> HttpResponse:
    """A session whole, its earliest run first."""
    return render(request, "sessions/page.html", _context(request, slug, session_id))


@for_people
def session_runs(request: HttpRequest, slug: str, session_id: str) -> HttpResponse:
    """The sums and the runs alone, for a poke."""
    return render(request, "sessions/_runs.html", _context(request, slug, session_id))
