"""The address that says what a run would have answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.counterfactual_shapes import Counterfactual
from traces.api.problems import Problem, answers, problem, tell_problems
from traces.api.runs import RunId
from traces.models.access import Scope
from traces.queries.asked import Unaskable, read_asked
from traces.queries.counterfactual import get_counterfactual
from traces.queries.what_if import Asked, WhatIf

# Read as texts, so that what cannot be read is told in the words of the page, and with its status.
Text = str | None
ONE_RULE_ONLY = {"beam": (WhatIf.SEARCH,), "budget_usd": (WhatIf.CAP,)}

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")


@router.get(
    "/runs/{run_id}/counterfactual",
    response={**answers(Counterfactual), HTTPStatus.BAD_REQUEST: Problem},
    summary="What it would have answered",
)
def counterfactual(
    request: HttpRequest,
    run_id: RunId,
    n: Annotated[Text, Query(description="Samples, a whole number; all where left out")] = None,
    beam: Annotated[Text, Query(description="Beam width of a recorded search")] = None,
    rule: Annotated[
        Text, Query(description="votes, weighted, best, accepted, search or cap")
    ] = None,
    threshold: Annotated[Text, Query(description="What a score must reach, a number")] = None,
    budget_usd: Annotated[Text, Query(description="A budget in US dollars, as cap")] = None,
    normaliser: Annotated[
        Text, Query(description="recorded, exact, folded, expression or number")
    ] = None,
    by: Annotated[Text, Query(description="Whose scores: one of `scores`")] = None,
) -> Counterfactual | HttpResponse:
    """Computed from what was recorded: no model is called. What cannot be computed is undefined, with the reason."""
    told = {
        "n": n,
        "beam": beam,
        "rule": rule,
        "threshold": threshold,
        "budget_usd": budget_usd,
        "normaliser": normaliser,
        "by": by,
    }
    try:
        asked = _read(told)
        found = get_counterfactual(who=asker_of(request), run_id=run_id, asked=asked)
        if asked.by is not None and asked.by not in found.scores:
            raise Unaskable(f"by must be one of: {', '.join(found.scores) or 'none here'}.")
    except Unaskable as wrong:
        return problem(HTTPStatus.BAD_REQUEST, str(wrong))
    return Counterfactual.of(found)


def _read(told: dict[str, Text]) -> Asked:
    asked = read_asked(told)
    for name, rules in ONE_RULE_ONLY.items():
        if told[name] and asked.rule not in rules:
            raise Unaskable(f"{name} is asked of the rule {rules[0].value}, not of {asked.rule}.")
    return asked
