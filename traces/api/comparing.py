"""The address at which two runs are compared."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.compare_shapes import Compared
from traces.api.problems import answers, tell_problems
from traces.api.runs import Cursor, Limit, RunId
from traces.models.access import Scope
from traces.queries.aligned_lines import list_differences
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
    """The run as `a`, the other one as `b`: answers, amounts, where they part first, and the nodes that differ."""
    found, runs = compare_runs(who=asker_of(request), left=run_id, right=other)
    return Compared.of(found, list_differences(runs, after=cursor, limit=limit))
