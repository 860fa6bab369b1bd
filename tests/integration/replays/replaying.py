"""Runs that can be replayed, runners that serve them, and what both say, as short as it can be said."""

from __future__ import annotations

import itertools
import json
import random
import uuid
from typing import Any

from django.test import Client

from deliberation.events import Event, RunEnded, RunStarted, ValueDrawn
from deliberation.vocabulary import (
    CallSort,
    Cost,
    NodeKind,
    ObservedState,
    ReplayMode,
    TextForm,
    Usage,
)
from tests.integration.build import (
    NOW,
    NOW_NS,
    SECOND,
    ended,
    make_event,
    make_project,
    new_run,
    put_on_record,
    started,
)
from traces.actions.ask_for_replay import ask_for_replay
from traces.actions.claim_replay import claim_replay
from traces.actions.register_runner import Entry, register_runner
from traces.actions.replay_wish import ReplayWish
from traces.actions.set_up_local import make_key
from traces.models import Project, Replay, Run, Runner
from traces.models.access import Scope

RECORDED, FORK, LIVE = ReplayMode.RECORDED, ReplayMode.FORK, ReplayMode.LIVE
PROGRAM = "game.solve:solve"
DIGEST = "sha256:" + "1" * 64
randbytes = random.Random(7).randbytes
_numbers = itertools.count()


def at(seconds: float) -> int:
    """So long after the tests' now."""
    return NOW_NS + int(seconds * SECOND)


def call(
    run: str,
    node: str,
    key: str,
    result: Any = "7",
    *,
    sort: CallSort = CallSort.MODEL,
    cost: Cost | None = None,
    **facts: Any,
) -> list[Event]:
    """A call, from its begin to its end."""
    kind = NodeKind.MODEL_CALL if sort is CallSort.MODEL else NodeKind.TOOL_CALL
    given = {"node_kind": kind, "call_key": key, "call_sort": sort, "input": "how many?"}
    named = {"model": "m-1"} if sort is CallSort.MODEL else {"tool": "add"}
    used = {"usage": Usage(input=10, output=5), "cost": cost}
    made = {"output": json.dumps(result), "output_form": TextForm.JSON}
    return [
        started(run, node, input_form=TextForm.TEXT, **given, **named),
        ended(run, node, **made, **used, **facts),
    ]


def drawn(run: str, key: str, value: Any = 42, **facts: Any) -> Event:
    """The seed of a stream."""
    said = {"call_key": key, "call_sort": CallSort.RANDOM, "value": json.dumps(value)}
    return make_event(ValueDrawn, run, **said, **facts)


def begun(run: str, **facts: Any) -> Event:
    """A run that says which program it is of."""
    said = {"entry_point": PROGRAM, "code_digest": DIGEST, "parameters": '{"numbers": [4, 7]}'}
    return make_event(RunStarted, run, **{**said, **facts})


def over(run: str, answer: str | None = "28") -> Event:
    """It ends."""
    return make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=answer, at=at(40))


def original(*events: Event, run: str | None = None, **facts: Any) -> Run:
    """A run that has ended: its begin in entry 1, a draw in 2, and two calls in 3 to 6 unless others are given."""
    run = run or new_run()
    told = events or (drawn(run, "d"), *call(run, "a", "k1"), *call(run, "b", "k2", "8"))
    put_on_record(make_project(), begun(run, **facts), *told, over(run))
    return Run.objects.get(pk=run)


def repeated(
    of: Run, *events: Event, run: uuid.UUID | str, mode: ReplayMode = RECORDED, **facts: Any
) -> Run:
    """The run of a replay, as its program tells it."""
    said = begun(str(run), replay_of=str(of.pk), replay_mode=mode, **facts)
    put_on_record(make_project(), said, *events, over(str(run)))
    return Run.objects.get(pk=run)


def wish(mode: ReplayMode = RECORDED, **facts: Any) -> ReplayWish:
    """A wish that nobody else has."""
    return ReplayWish(**{"request_id": f"r{next(_numbers)}", "mode": mode, **facts})


def asked(run: Run, mode: ReplayMode = RECORDED, *, now: float = 50, **facts: Any) -> Replay:
    """Alice asks for a replay."""
    return ask_for_replay(
        run=run, wish=wish(mode, **facts), by="user:alice", now_ns=at(now), randbytes=randbytes
    ).replay


def runner(
    holder: str = "host:1", *, now: float = 50, project: Project | None = None, **facts: Any
) -> Runner:
    """A process that serves the program."""
    entry = {
        "entry_point": PROGRAM,
        "version": "1",
        "code_digest": DIGEST,
        "parameters_schema": None,
    }
    return register_runner(
        project_id=(project or make_project()).pk,
        holder=holder,
        name="laptop",
        entries=[Entry(**{**entry, **facts})],
        by="key:test",
        now_ns=at(now),
        randbytes=randbytes,
    )


def claimed(by: Runner, *, now: float = 51) -> Replay:
    """What the runner gets; there is something."""
    found = claim_replay(runner=by, now_ns=at(now))
    assert found is not None
    return found


def api_of(project: Project, *scopes: Scope) -> Client:
    """A program with a key."""
    text = f"a-key-of-{project.slug}-{'-'.join(scopes)}"
    make_key(project=project, name="k", key=text, scopes=list(scopes), now=NOW)
    return Client(headers={"authorization": f"Bearer {text}"})


def post(client: Client, path: str, body: Any = None) -> Any:
    """What the API answers."""
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")
