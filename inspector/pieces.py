"""The lane of pieces: what all open pages of a run ask for with each poke is made once, for all who may see it.

Fifty pages ask for some four hundred pieces a second, and behind the middleware of the people's lane each costs
several ms. Here the session of each request, its person's roles and the run's last entry are looked up, for all that
wait at once. Whoever is not known by that goes to the people's lane, whose views answer as ever; and it is that lane,
with the request of whoever asked first, that makes every answer. A page may fetch its pieces or have them brought by
its socket, under the same rights. `Live-Seq` is the last entry that a page was told of:
what was made as of that or a later one is new enough for it; without it, what was made as of the last.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import parse_cookie
from psycopg import Error

from ingest.pool import open_pool
from inspector.lanes import Application, Receive, Scope, Send
from inspector.language import spoken_language
from traces.actions.note_access import note_access
from traces.live.shared import Answer, shared_answers
from traces.live.together import Together
from traces.models.access_tally import Way
from traces.queries.onlookers import Asked, Onlooker, find_onlookers

PIECE = re.compile(
    r"/runs/([0-9a-f-]{36})/(tree/bones|tree/rows|tree/growth|header|candidates|verdicts)"
)
DIGITS = 18
HEADS = 1_000
BY_SCRIPT = {"tree/bones", "tree/rows", "tree/growth"}
SHOWN_BY = (b"hx-request", b"host")
"""What of a request's head an answer may depend on as it stands, beside language and compression."""
OF_SOCKET = {b"accept-language", b"cookie", b"host", b"x-forwarded-proto", b"x-forwarded-host"}


def share_pieces(people: Application) -> Application:
    """An application that answers pieces once for many, and leaves the rest to the people's lane."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        asked = _read(scope)
        answer = asked and await _answer(people, scope, asked)
        if not answer:
            await people(scope, receive, send)
            return
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        await send({"type": "http.response.body", "body": answer.body})

    return application


def bring_pieces(people: Application) -> Callable[[Scope, str, int], Awaitable[bytes | None]]:
    """What fetches the piece at an address, as of an entry or later, for the page that opened a socket.

    None where the page is to ask by itself: it may no longer see the run, or the answer is for nobody else.
    """

    async def bring(socket: Scope, address: str, told: int) -> bytes | None:
        request = _as_request(socket, address, told)
        asked = _read(request)
        answer = asked and await _answer(people, request, asked)
        return answer.body if answer else None

    return bring


def _as_request(socket: Scope, address: str, told: int) -> Scope:
    """The request that a page would make itself, with the head that it opened its socket with."""
    path, _, query = address.partition("?")
    kept = [(name, value) for name, value in socket["headers"] if name in OF_SOCKET]
    own = [(b"hx-request", b"true"), (b"live-seq", b"%d" % max(told, 0))]
    return {
        "type": "http",
        "asgi": socket.get("asgi", {"version": "3.0"}),
        "http_version": "1.1",
        "method": "GET",
        "scheme": {"wss": "https"}.get(socket.get("scheme", "ws"), "http"),
        "path": path,
        "raw_path": path.encode(),
        "root_path": socket.get("root_path", ""),
        "query_string": query.encode(),
        "headers": [*kept, *own],
        "client": socket.get("client"),
        "server": socket.get("server"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request for a piece: by which session, of which run, after which entry, and what else its answer depends on."""

    session: str
    run: uuid.UUID
    told: int | None
    piece: Hashable


def _read(scope: Scope) -> _Asked | None:
    """What is asked; None for what is no piece, or of a stranger."""
    piece = PIECE.fullmatch(scope["path"])
    if scope["type"] != "http" or scope["method"] != "GET" or piece is None:
        return None
    head = dict(scope["headers"])
    session, language = _read_head(head.get(b"cookie", b""), head.get(b"accept-language", b""))
    # What htmx does not ask for may be a whole page, with the name of its reader on it.
    if not session or (piece[2] not in BY_SCRIPT and b"hx-request" not in head):
        return None
    try:
        run = uuid.UUID(piece[1])
    except ValueError:
        return None
    told = head.get(b"live-seq", b"")
    return _Asked(
        session=session,
        run=run,
        told=int(told) if told.isdigit() and len(told) < DIGITS else None,
        piece=(
            piece[0],
            scope["query_string"],
            language,
            b"gzip" in head.get(b"accept-encoding", b""),
            *(head.get(name) for name in SHOWN_BY),
        ),
    )


@lru_cache(HEADS)
def _read_head(cookie: bytes, accepted: bytes) -> tuple[str | None, str]:
    """The session, and the language of the answer: browsers say in hundreds of ways that they take English."""
    cookies = parse_cookie(cookie.decode("latin-1"))
    session = cookies.get(settings.SESSION_COOKIE_NAME)
    return session, spoken_language(cookies, accepted.decode("latin-1"))


async def _answer(people: Application, scope: Scope, asked: _Asked) -> Answer | None:
    try:
        who = await _onlookers().ask((asked.session, asked.run))
    except Error:
        return None  # the people's lane says what is wrong
    if who is None:
        return None
    note_access(asked.run, by=who.by, way=Way.VIEW)
    return await shared_answers().get(
        (who.roles, asked.piece),
        run_size=who.run_size,
        told=who.run_size - 1 if asked.told is None else asked.told,
        make=partial(_make, people, scope),
    )


async def _look(asked: Collection[Asked]) -> Mapping[Asked, Onlooker]:
    async with (await open_pool()).connection() as connection:
        return await find_onlookers(connection, asked)


_looking: WeakKeyDictionary[asyncio.AbstractEventLoop, Together[Asked, Onlooker]] = (
    WeakKeyDictionary()
)


def _onlookers() -> Together[Asked, Onlooker]:
    return _looking.setdefault(asyncio.get_running_loop(), Together(_look))


async def _make(people: Application, scope: Scope) -> Answer:
    """Return what the people's lane answers."""
    sent: list[Mapping[str, Any]] = []
    given = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        # The body, which is empty; and then nobody ever leaves.
        return next(given, None) or await asyncio.get_running_loop().create_future()

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await people(scope, receive, send)
    begun, *bodies = sent
    body = b"".join(each.get("body", b"") for each in bodies)
    return Answer(status=begun["status"], headers=list(begun["headers"]), body=body)
