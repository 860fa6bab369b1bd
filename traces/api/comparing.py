"""The address at which two runs are compared."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from ninja.errors import HttpError

from traces.api.auth import Key, Session, asker_of
from traces.api.compare_shapes import Compared
from traces.api.problems import answers, tell_problems
from traces.api.runs import Cursor, Limit, RunId
from traces.models.access import Scope
from traces.queries.aligned_lines import list_differences
from traces.queries.alignment import NODES_AT_MOST
from traces.queries.run_comparison import compare_runs

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")


@router.get("/runs/{run_id}/compare", response=answers(Compared), summary="Two runs side by side")
def compare(
    request: HttpRequest,
    run_id: RunId,
    other: Annotated[uuid.UUID, Query(alias="with", description="The other run's UUID")],
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Compared:
    """The run as `a`, the other one as `b`: answers, amounts, where they part first, and the nodes that differ.

    422 for trees of more than 500,000 nodes together.
    """
    found, runs = compare_runs(who=asker_of(request), left=run_id, right=other)
    if runs is None or found.tally is None:
        raise HttpError(422, f"with: trees of more than {NODES_AT_MOST} nodes are not aligned")
    return Compared.of(found, found.tally, list_differences(runs, after=cursor, limit=limit))
