"""The addresses of replays for whoever asks for them: ask, see how far it is, end it."""

from __future__ import annotations

import os
import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status

from traces.actions.ask_for_replay import NotReplayable, ask_for_replay, cancel_replay
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import Problem, answers, problem, tell_problems
from traces.api.replay_shapes import (
    NotReplayableProblem,
    Replay,
    Replays,
    ReplayToMake,
    told,
)
from traces.models import Run
from traces.models.access import MAY_COMMAND, Scope
from traces.queries.access import NotAllowed, Viewer, see_run, told_roles
from traces.queries.clock import read_clock
from traces.queries.replays import get_replay, list_replays

router = Router(auth=[Key(Scope.READ), Session()], tags=["replays"])
router.add_decorator(tell_problems, mode="view")

RunId = Annotated[str, Path(description="The run's UUID")]
ReplayId = Annotated[str, Path(description="The replay's UUID")]


@router.post(
    "/runs/{run_id}/replays",
    response={**answers(Replay, 202), 409: NotReplayableProblem},
    auth=[Key(Scope.CONTROL), Session()],
    summary="Replay a run",
)
def ask(request: HttpRequest, run_id: RunId, wanted: ReplayToMake) -> Any:
    """202: it waits for a runner; what became of it is its stage. 409: this run cannot be replayed so."""
    asker = asker_of(request)
    run = _see_as_operator(asker, run_id)
    try:
        asked = ask_for_replay(
            run=run, wish=wanted.wish(), by=asker.by, now_ns=read_clock(), randbytes=os.urandom
        )
    except NotReplayable as refused:
        return problem(409, str(refused), **told(refused))
    return Status(202, Replay.of(get_replay(who=asker, replay_id=asked.replay.pk)))


@router.get("/runs/{run_id}/replays", response=answers(Replays), summary="Replays of a run")
def list_of_run(request: HttpRequest, run_id: RunId) -> Replays:
    """The newest 50, newest first."""
    rows = list_replays(who=asker_of(request), run_id=run_id)
    return Replays(items=[Replay.of(row) for row in rows])


@router.get("/replays/{replay_id}", response=answers(Replay), summary="One replay")
def get_one(request: HttpRequest, replay_id: ReplayId) -> Replay:
    """How far it is, and how truly it repeats once both ledgers tell."""
    return Replay.of(get_replay(who=asker_of(request), replay_id=replay_id))


@router.post(
    "/replays/{replay_id}/cancel",
    response={**answers(Replay), 409: Problem},
    auth=[Key(Scope.CONTROL), Session()],
    summary="End a replay",
)
def cancel(request: HttpRequest, replay_id: ReplayId) -> Any:
    """200: it is cancelled, or will be when its runner hears of it. 409: it was over."""
    asker = asker_of(request)
    row = get_replay(who=asker, replay_id=replay_id)
    _see_as_operator(asker, row.of_run)
    if not cancel_replay(replay_id=row.id, by=asker.by, now_ns=read_clock()):
        return problem(409, "this replay is over already")
    return Replay.of(get_replay(who=asker, replay_id=row.id))


def _see_as_operator(asker: Viewer, run_id: str | uuid.UUID) -> Run:
    """Return the run for whoever may ask something of it, also one that can only be told why it is not replayed."""
    run = see_run(asker, run_id)
    if asker.roles.get(run.project_id) not in MAY_COMMAND:
        raise NotAllowed(told_roles(MAY_COMMAND))
    return run
