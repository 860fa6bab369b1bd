"""The people's lane for tests of what stands before it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import AsyncClient


class CountedLane:
    """Views and middleware, on the test's own connection; it counts what it is asked."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.times += 1
        head = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = f"{scope['path']}?{scope['query_string'].decode()}"
        del head["host"]  # the client says it itself
        client = AsyncClient()
        client.cookies.load(head.pop("cookie"))
        answer = await client.get(path, headers=head)
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
        await send(
            {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": answer.content})


async def session_of(person: Any) -> str:
    """Return the key of a session that somebody is signed in with."""
    client = AsyncClient()
    await client.aforce_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
