"""The page on how a run came to its answer."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traces.figures.decision import RULES, words_of
from traces.queries import runs
from traces.views.access import for_people
from traces.views.figures import read_decision

MARKS_SHOWN = 100


@for_people
def decision(request: HttpRequest, run_id: str) -> HttpResponse:
    """When the answer was decided, on what spending, and what was spent after that."""
    found = read_decision(request, run_id)
    words = {
        name: words_of(found.dimension, getattr(found, name))
        for name in ("total", "unplaced", "first_there", "last_useful", "spent_after")
    }
    context = {
        "run": runs.get_run(who=request.user, run_id=run_id),
        "decision": found,
        "words": words,
        "share_after": _share(found.spent_after, found.total),
        "rule": None if found.rule is None else RULES[found.rule],
        "marks": [
            (mark, words_of(found.dimension, mark.spent)) for mark in found.marks[:MARKS_SHOWN]
        ],
        "marks_left_out": max(0, len(found.marks) - MARKS_SHOWN),
    }
    return render(request, "figures/decision.html", context)


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole else part / whole
