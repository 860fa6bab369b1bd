"""The addresses of runners: say who is there, take a replay, keep it, end it, and read what it is answered from.

They take a key with the scope `run`, which can neither stop a run nor agree to anything.
"""

from __future__ import annotations

import os
from typing import Annotated, Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Path, Router
from ninja.responses import Status

from traces.actions.claim_replay import claim_replay
from traces.actions.hold_replay import NotHeld, end_replay, hold_replay
from traces.actions.note_access import note_access
from traces.actions.register_runner import register_runner
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import REFUSALS, Problem, answers, problem, tell_problems
from traces.api.runner_shapes import (
    BeatOfReplay,
    Claimed,
    Heard,
    JobShape,
    OutcomeToTell,
    Registered,
    Runner,
    Runners,
    RunnerToRegister,
)
from traces.models.access import Scope
from traces.models.access_tally import Way
from traces.models.replay import HELD
from traces.queries.access import see_run
from traces.queries.clock import read_clock
from traces.queries.patience import SECOND, patience
from traces.queries.recording_lines import NDJSON, lines_beside, lines_of
from traces.queries.replay_jobs import read_job
from traces.queries.replays import find_replay
from traces.queries.runners import find_runner
from traces.queries.runners import list_runners as list_some

router = Router(auth=Key(Scope.RUN), tags=["runners"])
router.add_decorator(tell_problems, mode="view")

POLL_SECONDS = 2
ReplayId = Annotated[str, Path(description="The replay's UUID")]
RunnerId = Annotated[str, Path(description="The runner's UUID")]
THE_LINES = {
    "responses": {
        200: {
            "description": "The recording, a call on each line",
            "content": {NDJSON: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(
    "/runners",
    response=answers(Runners),
    auth=[Key(Scope.READ), Session()],
    summary="Who serves replays",
)
def list_runners(request: HttpRequest) -> Runners:
    """The newest 100, those heard of last first; who is silent for a day is forgotten."""
    now_ns = read_clock()
    rows = list_some(who=asker_of(request))
    return Runners(items=[Runner.of(row, now_ns=now_ns) for row in rows])


@router.post("/runners", response=answers(Registered), summary="Serve replays, or go on doing so")
def register(request: HttpRequest, said: RunnerToRegister) -> Registered:
    """The same `holder` again is the same runner, and its heartbeat."""
    asker = asker_of(request)
    (project_id,) = asker.project_ids
    runner = register_runner(
        project_id=project_id,
        holder=said.holder,
        name=said.name,
        entries=[each.entry() for each in said.entries],
        by=asker.by,
        now_ns=read_clock(),
        randbytes=os.urandom,
    )
    return Registered(
        runner_id=str(runner.pk), lease_seconds=_lease_seconds(), poll_seconds=POLL_SECONDS
    )


@router.post(
    "/runners/{runner_id}/claim",
    response={**answers(Claimed), 204: None},
    summary="Take the oldest replay that waits",
)
def claim(request: HttpRequest, runner_id: RunnerId) -> Any:
    """200: the runner has it, under a lease. 204: nothing waits that it could begin."""
    runner = find_runner(who=asker_of(request), runner_id=runner_id)
    now_ns = read_clock()
    claimed = claim_replay(runner=runner, now_ns=now_ns)
    if claimed is None:
        return Status(204, None)
    return Claimed(job=JobShape.of(read_job(claimed, now_ns)))


@router.post(
    "/replays/{replay_id}/heartbeat",
    response={**answers(Heard), 409: Problem},
    summary="Keep a replay",
)
def beat(request: HttpRequest, replay_id: ReplayId, said: BeatOfReplay) -> Any:
    """200: the lease is good for so long again. 409: end the program, it is another attempt's or over."""
    asker = asker_of(request)
    try:
        is_cancelled = hold_replay(
            replay=find_replay(who=asker, replay_id=replay_id),
            runner=find_runner(who=asker, runner_id=said.runner_id),
            attempt=said.attempt,
            now_ns=read_clock(),
            last_words=said.last_words,
        )
    except NotHeld as lost:
        return problem(409, str(lost))
    return Heard(lease_seconds=_lease_seconds(), cancel=is_cancelled)


@router.post(
    "/replays/{replay_id}/outcome",
    response={200: None, REFUSALS: Problem, 409: Problem},
    summary="Say how a replay ended",
)
def tell_outcome(request: HttpRequest, replay_id: ReplayId, said: OutcomeToTell) -> Any:
    """200: it is written down; the same again is the same. 409: another attempt has it, or it ended otherwise."""
    asker = asker_of(request)
    try:
        end_replay(
            replay=find_replay(who=asker, replay_id=replay_id),
            runner=find_runner(who=asker, runner_id=said.runner_id),
            attempt=said.attempt,
            outcome=said.outcome(),
            now_ns=read_clock(),
        )
    except NotHeld as lost:
        return problem(409, str(lost))
    return Status(200, None)


@router.get(
    "/replays/{replay_id}/recording",
    response={REFUSALS: Problem, 409: Problem},
    openapi_extra=THE_LINES,
    summary="What a replay is answered from",
)
def recording(request: HttpRequest, replay_id: ReplayId) -> HttpResponse:
    """`application/x-ndjson`, streamed. 409 where no runner has the replay: it is for whoever repeats the run."""
    asker = asker_of(request)
    replay = find_replay(who=asker, replay_id=replay_id)
    if replay.stage not in HELD:
        return problem(409, "no runner has this replay")
    run = see_run(asker, replay.of_run)
    note_access(run.pk, by=asker.by, way=Way.READ)
    beside = isinstance(request, ASGIRequest)
    lines = lines_beside(replay, run) if beside else lines_of(replay, run)
    return StreamingHttpResponse(lines, content_type=NDJSON)  # type: ignore[return-value]


def _lease_seconds() -> int:
    return patience().lease // SECOND
