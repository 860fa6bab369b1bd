"""Native events through the door of the bench's own inspector."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from inspector.bench.stack import Stack

LINES_PER_BODY = 5_000


def post_events(stack: Stack, events: Iterable[dict[str, Any]]) -> None:
    """Post events, five thousand in a body. Raises RuntimeError unless each is accepted."""
    rest = iter(events)
    keep_posting(stack, iter(lambda: list(islice(rest, LINES_PER_BODY)), []))


def keep_posting(stack: Stack, bodies: Iterable[Sequence[dict[str, Any]]]) -> None:
    """Post bodies of events on one connection, each after the answer to the one before. Raises as `post_events`."""
    connection = http.client.HTTPConnection(stack.host, stack.port, timeout=120)
    for body in bodies:
        _post(connection, stack.key, body)
    connection.close()


def _post(
    connection: http.client.HTTPConnection, key: str, events: Sequence[dict[str, Any]]
) -> None:
    body = b"\n".join(json.dumps(event).encode() for event in events)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    connection.request("POST", "/v1/events", body, headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200 or json.loads(said)["accepted"] != len(events):
        raise RuntimeError(f"the door answered {answer.status}: {said[:300]!r}")
