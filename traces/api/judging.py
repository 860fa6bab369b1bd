"""The addresses of what people say of a run."""

from __future__ import annotations

import secrets
import time

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from traces.actions.set_strategy import NotAReason, set_strategy
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.run_shapes import Run, StrategyToSet
from traces.api.runs import RunId
from traces.live.publish import poke
from traces.models.access import Scope
from traces.queries import runs
from traces.queries.access import JUDGES, see_run

router = Router(auth=[Key(Scope.ADMIN), Session(*JUDGES)], tags=["judging"])
router.add_decorator(tell_problems, mode="view")


@router.post("/runs/{run_id}/strategy", response=answers(Run), summary="Say which strategy it was")
def set_run_strategy(request: HttpRequest, run_id: RunId, told: StrategyToSet) -> Run:
    """What a person says stands before what the source stated and what was inferred. Null takes it back."""
    asker = asker_of(request)
    run = see_run(asker, run_id)
    try:
        changed = set_strategy(
            run_id=run.pk,
            strategy=told.strategy,
            reason=told.reason,
            by=asker.by,
            now_ns=time.time_ns(),
            randbytes=secrets.token_bytes,
        )
    except NotAReason as wrong:
        raise HttpError(422, f"reason: {wrong}") from wrong
    poke(changed)
    return Run.of(runs.get_run(who=asker, run_id=run.pk))
