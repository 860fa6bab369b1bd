"""Where runners hear what is asked of their runs, and say how far they are. Names: docs/reference/http.md, *Control*.

A key with the scope `ingest` speaks for the runs of its project: what it hears was asked by people, what it says is a
runner's word. Commands themselves are given at `/api/v1`.
"""

from __future__ import annotations

import functools
import logging
import os
import time
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import django.db
import orjson
import psycopg
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ingest import answers
from ingest.auth import Forbidden, Sender, Unauthorised, authenticate
from ingest.control.after import poke_later
from ingest.control.hear import hear_of
from ingest.control.named import find_named
from ingest.control.said import (
    Ack,
    Ask,
    read_ack,
    read_beat,
    read_object,
    read_round,
    read_seq,
    read_wait,
)
from ingest.control.threads import in_thread
from ingest.control.told import tell_command, tell_conflict
from ingest.wire.errors import Refused
from traces.actions.conflict import Conflict, Unfit
from traces.actions.stage_command import Staged, stage_command
from traces.api.problems import PROBLEM
from traces.queries.access import NotVisible, Viewer, see_run
from traces.queries.clock import read_clock

RETRY_SECONDS = 2
NOT_HERE = "no such run, command, approval, reservation or limit in this key's project"
View = Callable[..., Coroutine[Any, Any, HttpResponse]]
log = logging.getLogger(__name__)


def control_door(method: str) -> Callable[[View], View]:
    """Wrap a view so that each refusal is a problem with a sentence, and a database that is away a 503."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        async def guarded(request: HttpRequest, **named: str) -> HttpResponse:
            if request.method != method:
                response = _refuse(405, f"use {method}")
                response["Allow"] = method
                return response
            return await _answer(view, request, named)

        return guarded

    return wrap


@control_door("GET")
async def poll(request: HttpRequest, run: str) -> HttpResponse:
    """Wait for news of one run: `?after=` the last control seq heard, `&wait=` seconds, at most 30."""
    sender = await authenticate(request.headers, "ingest")
    ask = Ask(read_seq(request.GET.get("after")), None)
    told = await hear_of(sender, {run: ask}, read_wait(request.GET.get("wait")))
    return _one(told[run])


@control_door("POST")
async def beat(request: HttpRequest, run: str) -> HttpResponse:
    """Take one run's heartbeat, and answer at once as a poll does."""
    sender = await authenticate(request.headers, "ingest")
    said = read_object(request.body)
    beat_ = read_beat(said)
    ask = Ask(read_seq(said.get("after")), beat_, beat_.holder)
    told = await hear_of(sender, {run: ask}, 0)
    return _one(told[run])


@control_door("POST")
async def rounds(request: HttpRequest) -> HttpResponse:
    """Take the heartbeats of all runs of a process, and wait for news of any."""
    sender = await authenticate(request.headers, "ingest")
    round_ = read_round(read_object(request.body))
    return answer_json({"runs": await hear_of(sender, round_.asks, round_.wait)})


@control_door("POST")
async def acknowledge(request: HttpRequest, run: str) -> HttpResponse:
    """Note that a runner heard, did or refused a command."""
    sender = await authenticate(request.headers, "ingest")
    ack = read_ack(read_object(request.body))
    staged, now_ns = await in_thread(_stage, sender, run, ack)
    poke_later(staged.changes)
    return answer_json(tell_command(staged.command, now_ns=now_ns))


def _stage(sender: Sender, name: str, ack: Ack) -> tuple[Staged, int]:
    now_ns = read_clock()
    run_id = find_named(project=sender.project, name=name)
    see_run(Viewer(project_ids=frozenset({sender.project})), run_id)
    staged = stage_command(
        run_id=run_id,
        command_id=ack.command_id,
        stage=ack.stage,
        detail=ack.detail or "",
        attempt=ack.attempt,
        by=f"key:{sender.key_prefix}",
        now_ns=now_ns,
        randbytes=os.urandom,
    )
    return staged, now_ns


async def _answer(view: View, request: HttpRequest, named: dict[str, str]) -> HttpResponse:
    try:
        return await view(request, **named)
    except Unauthorised as error:
        return _refuse(401, str(error))
    except Forbidden as error:
        return _refuse(403, str(error))
    except Refused as error:
        return _refuse(error.status, error.sentence)
    except NotVisible:
        return _refuse(404, NOT_HERE)
    except Unfit as unfit:
        return _refuse(422, str(unfit))
    except Conflict as conflict:
        return answer_json(tell_conflict(conflict, now_ns=time.time_ns()), status=409)
    except (psycopg.Error, django.db.Error) as error:
        log.warning("the database does not answer: %s", error)
        return answers.refuse(
            503,
            "the database cannot tell just now; ask again",
            content_type=None,
            retry_after=RETRY_SECONDS,
        )


def _one(told: dict[str, Any]) -> HttpResponse:
    return answer_json(told, status=told.get("status", HTTPStatus.OK))


def answer_json(plain: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Return an answer, as a problem where it is one."""
    kind = answers.JSON if status < HTTPStatus.BAD_REQUEST else PROBLEM
    return HttpResponse(orjson.dumps(plain), content_type=kind, status=status)


def _refuse(status: int, sentence: str) -> HttpResponse:
    return answers.refuse(status, sentence, content_type=None)
