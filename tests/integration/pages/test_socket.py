"""The socket of a live page: for those who may look, and only for as long as they may."""

from __future__ import annotations

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.backends.base import SessionBase
from django.test import AsyncClient

from tests.integration.build import new_run, put_on_record, started
from tests.people import People
from traces.consumers import LiveConsumer


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(people.project, started(made, "a"))
    return made


async def session_of(person: Any) -> SessionBase:
    client = AsyncClient()
    await client.aforce_login(person)
    return await client.asession()


async def first_word(session: SessionBase, query: str) -> Any:
    socket = WebsocketCommunicator(LiveConsumer.as_asgi(), f"/live?{query}")
    socket.scope |= {"session": session}
    await socket.connect(30)
    said = await socket.receive_output(30)
    await socket.disconnect(timeout=30)
    return said


@pytest.mark.django_db(transaction=True)
async def test_it_works(people: People, run: str) -> None:
    said = await first_word(await session_of(people.bob), f"run={run}")
    assert '"seq":1,"topics":[]' in said["text"]


@pytest.mark.django_db(transaction=True)
async def test_charlie_is_told_no_more_of_a_run_than_of_one_that_is_not_there(
    people: People, run: str
) -> None:
    charlie = await session_of(people.charlie)
    hidden = await first_word(charlie, f"run={run}")
    assert hidden == await first_word(charlie, f"run={new_run()}")
    assert hidden["code"] == 4404


@pytest.mark.django_db(transaction=True)
async def test_a_socket_follows_all_projects_of_a_person_and_only_theirs(people: People) -> None:
    bob = await first_word(await session_of(people.bob), "project=default")
    charlie = await first_word(await session_of(people.charlie), "project=default")
    nobody = await first_word(await session_of(people.bob), "")
    assert bob["type"] == "websocket.send"
    assert charlie["code"] == nobody["code"] == 4404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["project=%00", "project=%ed%a0%80", "run=%00", "run=x"])
async def test_what_can_be_no_name_is_not_there(people: People, query: str) -> None:
    assert (await first_word(await session_of(people.bob), query))["code"] == 4404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["sign out", "close the account", "change the password"])
async def test_a_socket_of_somebody_who_may_no_longer_sign_in_is_closed(
    people: People, run: str, end: str
) -> None:
    bob: Any = people.bob
    session = await session_of(bob)
    if end == "sign out":
        await session.aflush()
    elif end == "close the account":
        bob.is_active = False
    else:
        bob.set_password("another long password")
    await bob.asave()
    assert (await first_word(session, f"run={run}"))["code"] == 4404


@pytest.mark.django_db(transaction=True)
async def test_a_socket_hangs_up_on_whoever_talks_back(people: People, run: str) -> None:
    socket = WebsocketCommunicator(LiveConsumer.as_asgi(), f"/live?run={run}")
    socket.scope |= {"session": await session_of(people.bob)}
    await socket.connect(30)
    await socket.receive_output(30)
    await socket.send_to(text_data="x")
    assert (await socket.receive_output(30))["code"] == 4400
    await socket.disconnect(timeout=30)
