"""Requests of a bench: JSON there, JSON back, on a connection that is opened for it or kept."""

from __future__ import annotations

import http.client
import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.bench.stack import Stack

PATIENCE_SECONDS = 30.0
Connection = http.client.HTTPConnection


def connect(stack: Stack) -> Connection:
    """Return a connection to the inspector of the bench."""
    return Connection(stack.host, stack.port, timeout=PATIENCE_SECONDS)


def call(
    stack: Stack,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    on: Connection | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Any]:
    """Return status and JSON of an answer; by default in the name of the stack's key."""
    connection = on or connect(stack)
    known = {"Authorization": f"Bearer {stack.key}"} if headers is None else dict(headers)
    known["Content-Type"] = "application/json"
    connection.request(method, path, None if body is None else json.dumps(body), known)
    answer = connection.getresponse()
    told = json.loads(answer.read() or b"null")
    if on is None:
        connection.close()
    return answer.status, told


def percentiles(name: str, delays: Sequence[float]) -> dict[str, float | int | str]:
    """Return the median and the 99th percentile of delays in seconds, in ms."""
    ordered = sorted(delays)
    return {
        f"{name}_p50_ms": round(statistics.median(ordered) * 1000),
        f"{name}_p99_ms": round(ordered[max(0, int(len(ordered) * 0.99) - 1)] * 1000),
    }
