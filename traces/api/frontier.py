"""The address that holds accuracy against cost over many runs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.frontier_shapes import Frontier
from traces.api.problems import Problem, answers, problem, tell_problems
from traces.api.run_query import RunQuery
from traces.models.access import Scope
from traces.queries.asked import Unaskable
from traces.queries.frontier import get_frontier
from traces.queries.frontier_asked import read_frontier_asked

Text = str | None

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")


@router.get(
    "/frontier",
    response={**answers(Frontier), HTTPStatus.BAD_REQUEST: Problem},
    summary="Accuracy against cost over many runs",
)
def frontier(
    request: HttpRequest,
    runs: Annotated[RunQuery, Query()],
    by: Annotated[
        Text,
        Query(description="One system has the same: model,effort,tier,strategy,tags,project"),
    ] = None,
    axis: Annotated[Text, Query(description="cost, tokens or samples")] = None,
    measure: Annotated[Text, Query(description="right, or a verifier's name")] = None,
    judge: Annotated[Text, Query(description="Whose scores best of n goes by")] = None,
    rules: Annotated[Text, Query(description="Curves: any,votes,best")] = None,
    difficulty: Annotated[Text, Query(alias="bin", description="1, the hardest, to 5")] = None,
    system: Annotated[Text, Query(description="Of which the runs are listed")] = None,
) -> Frontier | HttpResponse:
    """Each system as recorded, and as fewer samples and another rule would have made it: no model is called."""
    try:
        asked = read_frontier_asked(dict(request.GET.lists()))
    except Unaskable as wrong:
        return problem(HTTPStatus.BAD_REQUEST, str(wrong))
    found = get_frontier(who=asker_of(request), filters=runs.filters(), asked=asked)
    return Frontier.of(found)
