"""The addresses of control: what was asked of a run, what holds it, and asking."""

from __future__ import annotations

import os
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.responses import Status

from traces.actions.conflict import Conflict
from traces.actions.issue_command import issue_command
from traces.api.auth import Key, Session, asker_of
from traces.api.control_shapes import (
    Command,
    Commands,
    CommandToGive,
    ConflictProblem,
    Hold,
    Holds,
    told,
)
from traces.api.problems import answers, problem, tell_problems
from traces.live.publish import poke
from traces.models.access import MAY_COMMAND, Scope
from traces.queries.access import see_run_as
from traces.queries.clock import read_clock
from traces.queries.commands import get_command as get_one
from traces.queries.commands import list_commands as list_some
from traces.queries.holds import list_holds as list_all

router = Router(auth=[Key(Scope.READ), Session()], tags=["control"])
router.add_decorator(tell_problems, mode="view")

RunId = Annotated[str, Path(description="The run's UUID")]


@router.post(
    "/runs/{run_id}/commands",
    response={**answers(Command, 202), 409: ConflictProblem},
    auth=[Key(Scope.CONTROL), Session()],
    summary="Ask something of a run",
)
def give_command(request: HttpRequest, run_id: RunId, asked: CommandToGive) -> Any:
    """202: committed, and handed to the run's holder; what became of it is its stage. 409: it does not apply."""
    asker = asker_of(request)
    run = see_run_as(asker, run_id, MAY_COMMAND)
    now_ns = read_clock()
    try:
        issued = issue_command(
            run_id=run.id, order=asked.order(), by=asker.by, now_ns=now_ns, randbytes=os.urandom
        )
    except Conflict as conflict:
        return _lost(conflict, now_ns)
    poke(issued.changes)
    return Status(202, Command.of(issued.command, now_ns=now_ns))


@router.get("/runs/{run_id}/commands", response=answers(Commands), summary="Commands, newest first")
def list_commands(
    request: HttpRequest,
    run_id: RunId,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Commands:
    """What was asked of the run, by whom, and how far each has come."""
    page = list_some(who=asker_of(request), run_id=run_id, cursor=cursor, limit=limit)
    now_ns = read_clock()
    return Commands(items=[Command.of(row, now_ns=now_ns) for row in page.items], next=page.next)


@router.get(
    "/runs/{run_id}/commands/{command_id}", response=answers(Command), summary="One command"
)
def get_command(
    request: HttpRequest,
    run_id: RunId,
    command_id: Annotated[str, Path(description="The id that its asker gave it")],
) -> Command:
    """A command with a time for each stage that it came through."""
    found = get_one(who=asker_of(request), run_id=run_id, command_id=command_id)
    return Command.of(found, now_ns=read_clock())


@router.get("/runs/{run_id}/holds", response=answers(Holds), summary="Holds, newest first")
def list_holds(
    request: HttpRequest,
    run_id: RunId,
    only_open: Annotated[
        bool, Query(alias="open", description="Only those that hold the run now")
    ] = False,
) -> Holds:
    """Why the run waits, or waited: who or what holds it, since when, and who lifted what."""
    rows = list_all(who=asker_of(request), run_id=run_id, only_open=only_open)
    return Holds(items=[Hold.of(row) for row in rows], next=None)


def _lost(conflict: Conflict, now_ns: int) -> HttpResponse:
    return problem(409, conflict.sentence, **told(conflict, now_ns=now_ns))
