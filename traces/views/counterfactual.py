"""The page on what a run would have answered, by another rule, from less, or with a tighter budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Dimension
from traces.analytics.normalisers import Normaliser
from traces.analytics.undefined import Undefined
from traces.figures.decision import words_of
from traces.queries.asked import Unaskable, read_asked
from traces.queries.counterfactual import get_counterfactual
from traces.queries.runs import get_run
from traces.queries.sample_scores import OWN_VALUE, OWN_WEIGHT
from traces.queries.undefined_words import UNDEFINED
from traces.queries.what_if import Counterfactual, WhatIf
from traces.views.access import for_people
from traces.views.run_list import refuse_address

RULES = {
    WhatIf.SEARCH: _("the same search, cut otherwise"),
    WhatIf.VOTES: _("most votes among N samples"),
    WhatIf.BEST: _("best score among N samples"),
    WhatIf.WEIGHTED: _("greatest sum of scores among N samples"),
    WhatIf.ACCEPTED: _("the first accepted of up to N samples"),
    WhatIf.CAP: _("stopped by a budget"),
}
NORMALISERS = {
    Normaliser.RECORDED: _("as recorded"),
    Normaliser.EXACT: _("exactly as they stand"),
    Normaliser.FOLDED: _("without case and extra blanks"),
    Normaliser.EXPRESSION: _("as expressions, up to the equals sign"),
    Normaliser.NUMBER: _("by the last number in them"),
}
SCORES = {OWN_VALUE: _("the value of its node"), OWN_WEIGHT: _("its weight")}
HAS_N = (WhatIf.VOTES, WhatIf.BEST, WhatIf.WEIGHTED, WhatIf.ACCEPTED)
HAS_SCORE = (WhatIf.BEST, WhatIf.WEIGHTED, WhatIf.ACCEPTED)
HAS_THRESHOLD = (WhatIf.BEST, WhatIf.ACCEPTED, WhatIf.SEARCH)
HAS_NORMALISER = (WhatIf.VOTES, WhatIf.WEIGHTED)


@for_people
def counterfactual(request: HttpRequest, run_id: str) -> HttpResponse:
    """What would have been answered: the piece for a script, a page for everybody else."""
    run = get_run(who=request.user, run_id=run_id)
    try:
        asked = read_asked(request.GET.dict())
    except Unaskable as wrong:
        return refuse_address(request, str(wrong))
    found = get_counterfactual(who=request.user, run_id=run_id, asked=asked)
    is_piece = "HX-Request" in request.headers
    template = "counterfactual/_piece.html" if is_piece else "counterfactual/page.html"
    return render(
        request,
        template,
        {"run": run, "found": found, "query": request.GET.urlencode(), **_words(found)},
    )


def _words(found: Counterfactual) -> dict[str, Any]:
    rule = found.asked.rule
    return {
        "rules": [(each.value, RULES[each]) for each in found.rules],
        "rule_words": RULES[rule] if rule else None,
        "normalisers": [(each.value, words) for each, words in NORMALISERS.items()],
        "normaliser_words": NORMALISERS[found.asked.normaliser],
        "scores": [(name, SCORES.get(name, name)) for name in found.scores],
        "has_n": rule in HAS_N,
        "has_score": rule in HAS_SCORE,
        "has_threshold": rule in HAS_THRESHOLD,
        "has_normaliser": rule in HAS_NORMALISER,
        "has_width": rule is WhatIf.SEARCH,
        "has_cap": rule is WhatIf.CAP,
        "undefined": UNDEFINED[found.undefined.value] if found.undefined else None,
        "cost": _amount(found, found.cost),
        "whole_cost": _amount(found, found.whole_cost),
        "interval": None if isinstance(found.interval, Undefined) else found.interval,
    }


def _amount(found: Counterfactual, amount: Decimal | None) -> str | None:
    dimension = Dimension(found.dimension) if found.dimension else Dimension.USD
    return words_of(dimension, amount)
