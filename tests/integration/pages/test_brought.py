"""What a run's page is brought over its socket: what it would have fetched, for as long as it might fetch it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from ingest.pool import close_pool
from inspector.pieces import bring_pieces
from tests.integration.build import new_run, put_on_record, started
from tests.integration.pages.lane import CountedLane, session_of
from tests.people import People
from traces import consumers
from traces.consumers import LiveConsumer
from traces.live.hub import Poke, hub
from traces.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(people.project, started(made, "a"))
    return made


@pytest.fixture
async def lane() -> Any:
    yield CountedLane()
    await close_pool()


async def open_socket(lane: Any, run: str, person: Any) -> WebsocketCommunicator:
    key = await session_of(person)
    socket = WebsocketCommunicator(
        LiveConsumer.as_asgi(bring=bring_pieces(lane)),
        f"/live?run={run}",
        [
            (b"host", b"testserver"),
            (b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()),
        ],
    )
    socket.scope |= {"session": SessionStore(key)}
    await socket.connect(30)
    await socket.receive_json_from(30)
    return socket


async def want(socket: WebsocketCommunicator, run: str, after: int) -> None:
    """Say what is wanted; return when all sockets of the run have taken in what they were told."""
    await socket.send_json_to({"after": after, "pieces": [f"/runs/{run}/header"]})
    async with asyncio.timeout(30):
        while any(each.deliver.__self__._feed._after is None for each in hub()._runs[run]):  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)


async def hear(socket: WebsocketCommunicator) -> Any:
    """Return the next message that is no mere beat."""
    while True:
        said = await socket.receive_json_from(30)
        if said["topics"] or "bones" in said or "pieces" in said:
            return said


async def grow(people: People, run: str, name: str) -> None:
    """Record one more node; the poke goes to this process's own ear, without Redis."""
    await database_sync_to_async(put_on_record)(people.project, started(run, name))
    for subscriber in list(hub()._runs[run]):
        await subscriber.deliver(Poke(run=run, seq=2, topics=["tree"]))


async def test_it_works(people: People, run: str, lane: CountedLane) -> None:
    socket = await open_socket(lane, run, people.bob)
    await want(socket, run, 1)
    await grow(people, run, "b")
    said = await hear(socket)
    assert said["bones"]["after"] == 1
    assert len(said["bones"]["columns"]["ordinal"]) == 1
    assert "data-ordinal" in said["bones"]["rows"]
    said = await hear(socket)
    assert 'id="runs-header"' in said["pieces"][f"/runs/{run}/header"]
    await socket.disconnect(timeout=30)


async def test_two_pages_are_brought_what_was_made_once(
    people: People, run: str, lane: CountedLane
) -> None:
    sockets = []
    for _ in range(2):
        sockets.append(await open_socket(lane, run, people.bob))
        await want(sockets[-1], run, 1)
    await grow(people, run, "b")
    said = [await hear(each) for each in sockets]
    assert said[0]["bones"] == said[1]["bones"]
    assert lane.times <= 2 + 1, "bones once; the header once, or twice around a full second"
    for each in sockets:
        await each.disconnect(timeout=30)


async def test_whoever_is_brought_something_is_not_looked_up_once_more_for_the_poke(
    people: People, run: str, lane: CountedLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await open_socket(lane, run, people.bob)
    await want(socket, run, 1)
    looks: list[Any] = []
    monkeypatch.setattr(consumers, "RECHECK", 0.0)
    monkeypatch.setattr(LiveConsumer, "_look", lambda self: looks.append(self))
    await grow(people, run, "b")
    assert "bones" in await hear(socket)
    assert looks == []
    await socket.disconnect(timeout=30)


async def test_whoever_lost_the_right_is_hung_up_on_although_nothing_can_be_brought(
    people: People, run: str, lane: CountedLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await open_socket(lane, run, people.bob)
    await want(socket, run, 1)
    monkeypatch.setattr(consumers, "RECHECK", 0.0)
    await Membership.objects.filter(user=people.bob).adelete()
    await grow(people, run, "b")
    said = await socket.receive_output(30)
    while said["type"] == "websocket.send":
        assert json.loads(said["text"]).get("pieces", {}) == {}
        said = await socket.receive_output(30)
    assert said["code"] == consumers.NOT_HERE
    await socket.disconnect(timeout=30)


async def test_whoever_lost_the_right_is_brought_nothing(
    people: People, run: str, lane: CountedLane
) -> None:
    socket = await open_socket(lane, run, people.bob)
    await want(socket, run, 1)
    await Membership.objects.filter(user=people.bob).adelete()
    await grow(people, run, "b")
    said = await hear(socket)
    assert "bones" not in said
    assert not said.get("pieces")
    await socket.disconnect(timeout=30)


async def test_the_pieces_of_another_run_are_refused(
    people: People, run: str, lane: CountedLane
) -> None:
    socket = await open_socket(lane, run, people.bob)
    await socket.send_json_to({"after": 1, "pieces": [f"/runs/{new_run()}/header"]})
    assert (await socket.receive_output(30))["code"] == 4400
    await socket.disconnect(timeout=30)


async def test_a_page_that_is_behind_is_brought_the_rest_at_once(
    people: People, run: str, lane: CountedLane
) -> None:
    socket = await open_socket(lane, run, people.bob)
    await grow(people, run, "b")
    await hear(socket)
    await socket.send_json_to({"after": 1, "pieces": []})
    said = await hear(socket)
    assert (said["bones"]["after"], said["topics"]) == (1, [])
    await socket.disconnect(timeout=30)
