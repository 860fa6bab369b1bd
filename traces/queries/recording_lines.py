"""The recording of a replay's original as lines of JSON, for the program that is to be answered from it.

The first line says how many calls follow, up to which entry, and whether they answer all that the original asked for;
each other is a call. Keys are always there, null where nothing is known. Read by portions, so that a recording of any
length takes the memory of fifty calls.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

from deliberation.events.fields import writer_for
from deliberation.vocabulary import Cost, NodeStatus, TextForm, Usage
from traces.models import Replay, Run
from traces.queries.recording import (
    RecordedCall,
    count_calls,
    count_nodes_before,
    read_calls_after,
)
from traces.queries.replayable import recording_obstacle

NDJSON = "application/x-ndjson"
SAME = ("call_key", "name", "node", "seq", "ended_seq", "error", "finish_reason", "model",
        "response_id", "reasoning")  # fmt: skip
write_usage, write_cost = writer_for(Usage), writer_for(Cost)


def lines_of(replay: Replay, run: Run) -> Iterator[bytes]:
    """Yield the lines, by portions; `run` is the original, which the caller has checked."""
    yield _head(replay, run)
    after = -1
    while (portion := _portion(replay, after)) is not None:
        lines, after = portion
        yield lines


async def lines_beside(replay: Replay, run: Run) -> AsyncIterator[bytes]:
    """Yield the same, read in threads: a server of ASGI reads what it iterates plainly whole, into memory."""
    yield await _in_thread(_head, replay, run)
    after = -1
    while (portion := await _in_thread(_portion, replay, after)) is not None:
        lines, after = portion
        yield lines


def _head(replay: Replay, run: Run) -> bytes:
    obstacle = recording_obstacle(run, replay.from_seq)
    return _line(
        {
            "recording": 1,
            "of_run": str(run.pk),
            "calls": count_calls(run, replay.from_seq),
            "until_seq": replay.from_seq,
            "nodes": count_nodes_before(run, replay.from_seq),
            "complete": obstacle is None,
            "why": obstacle and obstacle.value,
        }
    )


def _portion(replay: Replay, after: int) -> tuple[bytes, int] | None:
    calls = read_calls_after(replay.of_run, after, replay.from_seq)
    return (b"".join(map(_call_line, calls)), calls[-1].place) if calls else None


def _call_line(call: RecordedCall) -> bytes:
    why = call.unanswerable
    plain = {name: getattr(call, name) for name in SAME} | {
        "sort": call.sort.value,
        "arguments": arguments_of(call),
        "result": None if why else value_of(call.output, call.output_form),
        "raised": None if why else value_of(call.raised, TextForm.JSON),
        "status": _status(call).value,
        "usage": write_usage(call.usage) if call.usage and write_usage else None,
        "cost": write_cost(call.cost) if call.cost and write_cost else None,
        "withheld": why is not None,
        "why": why,
    }
    return _line(plain)


def _status(call: RecordedCall) -> NodeStatus:
    if call.status is not None:
        return call.status
    return NodeStatus.RUNNING if call.ended_seq is None else NodeStatus.OK


def arguments_of(call: RecordedCall) -> str:
    """Return what the program gave, as the canonical JSON text that its key is made of (without what is gone)."""
    given = {
        "input": value_of(call.input, call.input_form),
        "provider": call.provider,
        "request": value_of(call.request, TextForm.JSON),
    }
    told = {name: value for name, value in given.items() if value is not None}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def value_of(text: str | None, form: TextForm | None) -> Any:
    """Return the value that a text stands for; the text itself where it is no JSON after all."""
    if text is None or form is not TextForm.JSON:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _line(plain: dict[str, Any]) -> bytes:
    # ASCII: a lone surrogate, which a program may well have been told, has no UTF-8.
    return json.dumps(plain, separators=(",", ":")).encode() + b"\n"


async def _in_thread(function: Any, *given: Any) -> Any:
    return await sync_to_async(_with_connection, thread_sensitive=False)(function, *given)


def _with_connection(function: Any, *given: Any) -> Any:
    close_old_connections()
    try:
        return function(*given)
    finally:
        connections.close_all()
