"""For machines that watch: alive, ready, and the figures of ingest."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import TypeVar

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from inspector.metrics import read_ingest, read_metrics
from traces.queries.custody import count_unsigned

# A backlog older than this says that no worker records what the door receives.
OLDEST_PENDING_SECONDS = 120.0
TIMEOUT = 3.0

T = TypeVar("T")


async def live(request: HttpRequest) -> JsonResponse:
    """200 when the process answers at all."""
    return JsonResponse({"status": "live"})


async def ready(request: HttpRequest) -> JsonResponse:
    """200 when Postgres, Redis and the workers do their part, else 503 with what does not; signing is only told."""
    names = ("database", "redis", "ingest", "signing")
    found = await asyncio.gather(*map(_judge, (_database(), _redis(), _ingest(), _signing())))
    # Recording waits for no signature: a server whose signer is away takes everything.
    is_ready = all(state == "ok" for state in found[:-1])
    body = {"status": "ready" if is_ready else "not ready", **dict(zip(names, found, strict=True))}
    return JsonResponse(body, status=200 if is_ready else 503)


async def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format."""
    text = await _in_thread(read_metrics)
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


async def _in_thread(read: Callable[[], T]) -> T:
    """The machine lane tidies up no connection of the ORM, so this does."""

    def read_and_tidy() -> T:
        try:
            return read()
        finally:
            close_old_connections()

    return await sync_to_async(read_and_tidy)()


async def _judge(check: Awaitable[str]) -> str:
    try:
        return await asyncio.wait_for(check, TIMEOUT)
    except TimeoutError:
        return "timeout"
    except (OSError, DatabaseError, redis.RedisError) as error:
        return type(error).__name__


async def _database() -> str:
    return await _in_thread(_select_one)


def _select_one() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


async def _redis() -> str:
    async with redis.asyncio.from_url(settings.REDIS_URL) as client:
        await client.ping()
    return "ok"


async def _signing() -> str:
    unsigned = await _in_thread(lambda: count_unsigned(now=dt.datetime.now(dt.UTC)))
    return f"{unsigned} runs wait for a signature" if unsigned else "ok"


async def _ingest() -> str:
    oldest = (await _in_thread(read_ingest)).oldest_pending_seconds
    if oldest is not None and oldest > OLDEST_PENDING_SECONDS:
        return f"the oldest pending body is {oldest:.0f} s old"
    return "ok"
