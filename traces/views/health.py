"""The page of the server's own health: who signs, and what the checks of the ledgers found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.queries.clock import read_clock
from traces.queries.custody import (
    count_unsigned,
    list_refused,
    read_custody,
    read_signed_log,
)
from traces.queries.ledger_checks import is_overdue, list_checks
from traces.queries.runners import list_runners
from traces.queries.signer import the_signer
from traces.queries.time_stamps import read_stamping
from traces.views.access import for_people
from traces.views.owned import read_time


@for_people
def health(request: HttpRequest) -> HttpResponse:
    """Keys and last checks; an alert where something differs, or where nobody signs or checked lately."""
    checks = list_checks(who=request.user)
    ended = [check for check in checks if check.ended_at is not None]
    now = read_time()
    now_ns = read_clock()
    context = {
        "runners": [(each, each.is_live(now_ns)) for each in list_runners(who=request.user)],
        "custody": read_custody(the_signer()),
        "signed_log": read_signed_log(),
        "stamping": read_stamping(),
        "unsigned": count_unsigned(now=now),
        "refused": list_refused(who=request.user),
        "checks": checks,
        "last": ended[0] if ended else None,
        "is_overdue": is_overdue(now=now),
    }
    return render(request, "health/page.html", context)
