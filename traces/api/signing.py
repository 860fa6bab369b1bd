"""Who signs, and what was signed of a run."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.signing_shapes import Instance, SignedCheckpoint, SignedCheckpoints
from traces.models.access import Scope
from traces.queries.checkpoints import list_checkpoints
from traces.queries.custody import count_unsigned, read_custody, read_signed_log
from traces.queries.signer import the_signer
from traces.queries.time_stamps import read_stamping

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")


@router.get("/instance", response=answers(Instance), summary="Who signs, and how far")
def show_instance(request: HttpRequest) -> Instance:
    """Return the keys of this installation, who has them, and the head of its own log."""
    unsigned = count_unsigned(now=dt.datetime.now(dt.UTC))
    return Instance.of(read_custody(the_signer()), read_signed_log(), unsigned, read_stamping())


@router.get(
    "/runs/{run_id}/checkpoints",
    response=answers(SignedCheckpoints),
    summary="What was signed of a run, newest first",
)
def show_checkpoints(
    request: HttpRequest,
    run_id: Annotated[str, Path(description="The run's UUID")],
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of a page")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most")] = 100,
) -> SignedCheckpoints:
    """Keep one: whoever holds it can hold the server to what the ledger was."""
    rows, more = list_checkpoints(who=asker_of(request), run_id=run_id, before=cursor, limit=limit)
    return SignedCheckpoints(items=[SignedCheckpoint.of(row) for row in rows], next=more)
