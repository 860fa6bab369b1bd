"""The door of the machines: `POST /v1/traces`, `/v1/logs`, `/v1/metrics`, `/v1/events`.

200 means durable. Everything else is a clear 4xx, or 429/503 with Retry-After when it should come again.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
import psycopg
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ingest import answers
from ingest.auth import Forbidden, Unauthorised, authenticate
from ingest.control.hear import commands_for
from ingest.doorbell import doorbell
from ingest.models import Signal
from ingest.receive import MAX_HEADS, KnownRun, backlog, find_known_runs, put
from ingest.wire.body import Media, inflate, media_type
from ingest.wire.errors import Refused
from ingest.wire.native import Checked, check_events
from ingest.wire.otlp import check_logs, check_traces, count_metrics
from ingest.wire.span import Counted

NATIVE_MEDIA = (
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/json",
)
RETRY_SECONDS = 2
View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]
log = logging.getLogger(__name__)
CHECKS: dict[Signal, Callable[[bytes, Media], Counted]] = {
    Signal.TRACES: check_traces,
    Signal.LOGS: check_logs,
    Signal.METRICS: count_metrics,
}


def door(view: View) -> View:
    """Wrap a view so that each refusal is a sentence in the sender's encoding, and never a 500."""

    @csrf_exempt
    @functools.wraps(view)
    async def guarded(request: HttpRequest) -> HttpResponse:
        refuse = functools.partial(answers.refuse, content_type=_answer_type(request))
        if request.method != "POST":
            response = refuse(405, "use POST")
            response["Allow"] = "POST"
            return response
        try:
            return await view(request)
        except Unauthorised as error:
            return refuse(401, str(error))
        except Forbidden as error:
            return refuse(403, str(error))
        except Refused as error:
            return refuse(error.status, error.sentence)
        except psycopg.Error as error:
            # Whatever it says (it is gone, full, read-only after a failover), the sender is not to blame.
            log.warning("the database does not take it: %s", error)
            return refuse(
                503,
                "the database cannot take it just now; send it again",
                retry_after=RETRY_SECONDS,
            )

    return guarded


@door
async def receive_traces(request: HttpRequest) -> HttpResponse:
    """Take OTLP spans."""
    return await _receive_otlp(request, Signal.TRACES)


@door
async def receive_logs(request: HttpRequest) -> HttpResponse:
    """Take OTLP log records."""
    return await _receive_otlp(request, Signal.LOGS)


@door
async def receive_metrics(request: HttpRequest) -> HttpResponse:
    """Count OTLP metrics; they are not kept, and the answer says nothing else."""
    await authenticate(request.headers, "ingest")
    media = media_type(request.headers.get("Content-Type"))
    await asyncio.to_thread(_inspect, Signal.METRICS, request.body, _encoding(request), media)
    return answers.accept(Signal.METRICS, media, 0, "")


@door
async def receive_events(request: HttpRequest) -> HttpResponse:
    """Take native events, one per line."""
    sender = await authenticate(request.headers, "ingest")
    if _media(request) not in NATIVE_MEDIA:
        return answers.refuse(415, "Content-Type must be application/x-ndjson", content_type=None)
    if await backlog.is_full():
        return _later(request)
    checked = await asyncio.to_thread(_read_events, request.body, _encoding(request))
    runs = await find_known_runs(checked.accepted) if checked.accepted else {}
    foreign = sorted({run for run, known in runs.items() if known.project != sender.project})
    if foreign:
        return answers.refuse(
            404, f"run {foreign[0]} is not a run of this key's project", content_type=None
        )
    if checked.accepted:
        await put(
            sender=sender,
            signal=Signal.EVENTS.value,
            media="json",
            encoding=_encoding(request),
            received_ns=time.time_ns(),
            body=request.body,
        )
        doorbell.ring()
    commands = await commands_for(sender, _asked_something(runs))
    return HttpResponse(orjson.dumps(_receipt(checked, runs, commands)), content_type=answers.JSON)


async def _receive_otlp(request: HttpRequest, signal: Signal) -> HttpResponse:
    sender = await authenticate(request.headers, "ingest")
    media = media_type(request.headers.get("Content-Type"))
    if await backlog.is_full():
        return _later(request)
    encoding = _encoding(request)
    counted = await asyncio.to_thread(_inspect, signal, request.body, encoding, media)
    if counted.records:
        # Also where none can be read: exporters drop what is rejected, and as a dead letter it can be looked at.
        await put(
            sender=sender,
            signal=signal.value,
            media=media,
            encoding=encoding,
            received_ns=time.time_ns(),
            body=request.body,
        )
        doorbell.ring()
    return answers.accept(signal, media, counted.rejected, counted.error)


def _inspect(signal: Signal, body: bytes, encoding: str, media: Media) -> Counted:
    return CHECKS[signal](inflate(body, encoding), media)


def _read_events(body: bytes, encoding: str) -> Checked:
    return check_events(inflate(body, encoding))


def _asked_something(runs: dict[str, KnownRun]) -> list[str]:
    """Most runs are asked nothing in all their life, and cost the door no look-up."""
    return [run for run, known in runs.items() if known.control_seq]


def _receipt(
    checked: Checked, runs: dict[str, KnownRun], commands: list[dict[str, Any]]
) -> dict[str, Any]:
    heads = [known.head for known in runs.values() if known.head][:MAX_HEADS]
    return {
        "accepted": len(checked.accepted),
        "rejected": checked.rejected,
        "commands": commands,
        "desired_states": {run: known.desired_state for run, known in runs.items()},
        "control_seqs": {run: known.control_seq for run, known in runs.items()},
        "head": heads[0] if heads else None,
        "heads": heads,
        "notes": [known.note for known in runs.values() if known.note][:MAX_HEADS],
    }


def _later(request: HttpRequest) -> HttpResponse:
    return answers.refuse(
        429,
        "recording is behind; nothing was taken, send it again",
        content_type=_answer_type(request),
        retry_after=RETRY_SECONDS,
    )


def _media(request: HttpRequest) -> str:
    return str(request.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _encoding(request: HttpRequest) -> str:
    return str(request.headers.get("Content-Encoding", "identity")).strip().lower()


def _answer_type(request: HttpRequest) -> str | None:
    if request.path == "/v1/events":
        return None
    return answers.JSON if _media(request) == answers.JSON else answers.PROTOBUF
