"""The living style guide."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from deliberation.vocabulary import Fate, ObservedState, VerdictOutcome
from traces.views.access import for_people
from traces.views.pattern_parts import reviewers_parts

METERS = (
    ("spent and reserved", 0.5, 0.15, 0.8, None),
    ("past the soft limit", 0.85, None, 0.8, "warm"),
    ("over", 1.0, None, 0.8, "over"),
)
"""What is told beside it, the shares that are spent, reserved and warned at, and the tone."""


@for_people
def patterns(request: HttpRequest) -> HttpResponse:
    """Every part that pages are made of, on one page: for those who build them."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    context = {
        "fates": [fate.value for fate in Fate],
        "states": [state.value for state in ObservedState],
        "outcomes": [{"outcome": outcome.value} for outcome in VerdictOutcome],
        "shares": [0.0, 0.12, 0.5, 1.0],
        "meters": [
            {
                "words": words,
                "spent_share": spent,
                "reserved_share": reserved,
                "soft_share": soft,
                "tone": tone,
            }
            for words, spent, reserved, soft, tone in METERS
        ],
        "hostile": "plain \x00NUL \x1b[31mred\x1b[0m \u202eabc\u202c zero\u200bwidth <b>not bold</b>",
    }
    return render(request, "patterns.html", context | reviewers_parts())
