"""The page of the server's own health: what the checks of the ledgers found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.queries.ledger_checks import is_overdue, list_checks
from traces.views.access import for_people
from traces.views.owned import read_time


@for_people
def health(request: HttpRequest) -> HttpResponse:
    """The last checks; an alert where something differs, or where nobody checked lately."""
    checks = list_checks(who=request.user)
    ended = [check for check in checks if check.ended_at is not None]
    context = {
        "checks": checks,
        "last": ended[0] if ended else None,
        "is_overdue": is_overdue(now=read_time()),
    }
    return render(request, "health/page.html", context)
