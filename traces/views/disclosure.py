"""The disclosure of a run: 24 questions, each with its answer or that there is none."""

from __future__ import annotations

import uuid
from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.disclosure.questions import Status
from traces.queries.disclosure import get_disclosure
from traces.queries.runs import get_run
from traces.views.access import for_people


@for_people
def disclosure(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page."""
    answers = get_disclosure(who=request.user, run_id=run_id)
    counts = Counter(each.status for each in answers)
    context = {
        "run": get_run(who=request.user, run_id=run_id),
        "answers": answers,
        "counts": [(status, counts[status]) for status in Status],
    }
    return render(request, "disclosure/page.html", context)
