"""Pieces of a run that many look at: made once for all who may see the same, and for nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model

from ingest.pool import close_pool
from inspector.pieces import share_pieces
from tests.integration.build import new_run, put_on_record, started
from tests.integration.pages.lane import CountedLane, session_of
from tests.people import People
from traces.live import shared
from traces.models import Membership, Project
from traces.models.access import Role

PIECES = ("tree/bones", "tree/rows?nodes=1", "header", "candidates", "verdicts")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(people.project, started(made, "a"))
    return made


@pytest.fixture
async def people_lane(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "KEPT_SECONDS", 60.0)
    yield CountedLane()
    await close_pool()


async def get(
    lane: Any,
    path: str,
    session: str,
    *,
    language: str = "en",
    accepted: str = "",
    told: int | None = None,
) -> tuple[int, bytes]:
    where, _, query = path.partition("?")
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; language={language}"
    headers = [(b"host", b"testserver"), (b"hx-request", b"true"), (b"cookie", cookie.encode())]
    if accepted:
        headers.append((b"accept-language", accepted.encode()))
    if told is not None:
        headers.append((b"live-seq", str(told).encode()))
    client = ApplicationCommunicator(
        share_pieces(lane),
        {
            "type": "http",
            "method": "GET",
            "path": where,
            "query_string": query.encode(),
            "headers": headers,
        },
    )
    await client.send_input({"type": "http.request", "body": b""})
    begun = await client.receive_output(30)
    body = b""
    more = True
    while more:
        message = await client.receive_output(30)
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await client.wait(30)
    return begun["status"], body


@pytest.mark.parametrize("piece", PIECES)
async def test_it_works(people: People, run: str, people_lane: CountedLane, piece: str) -> None:
    bob = await session_of(people.bob)
    first = await get(people_lane, f"/runs/{run}/{piece}", bob)
    again = await get(people_lane, f"/runs/{run}/{piece}", await session_of(people.bob))
    assert first == again
    assert first[0] == 200
    assert people_lane.times == 1


@pytest.mark.parametrize("piece", PIECES)
async def test_two_in_the_same_roles_are_shown_the_same_to_the_letter(
    people: People, run: str, people_lane: CountedLane, piece: str
) -> None:
    dora = await get_user_model().objects.acreate_user("dora", password="a long password")
    await Membership.objects.acreate(project=people.project, user=dora, role=Role.VIEWER)
    told = [
        await _alone(people_lane, f"/runs/{run}/{piece}", await session_of(each))
        for each in (people.bob, dora)
    ]
    assert told[0] == told[1]


async def _alone(people_lane: CountedLane, path: str, session: str) -> tuple[int, bytes]:
    """What the people's lane itself says."""
    return await get(people_lane, path + ("&" if "?" in path else "?") + f"as={session}", session)


async def test_charlie_is_not_given_what_bob_was(
    people: People, run: str, people_lane: CountedLane
) -> None:
    path = f"/runs/{run}/tree/bones"
    assert (await get(people_lane, path, await session_of(people.bob)))[0] == 200
    assert (await get(people_lane, path, await session_of(people.charlie)))[0] == 404
    assert (await get(people_lane, path, "nobody"))[0] == 401


async def test_bob_is_given_nothing_more_once_his_role_is_taken(
    people: People, run: str, people_lane: CountedLane
) -> None:
    path, bob = f"/runs/{run}/tree/bones", await session_of(people.bob)
    assert (await get(people_lane, path, bob))[0] == 200
    await Membership.objects.filter(user=people.bob).adelete()
    assert (await get(people_lane, path, bob))[0] == 404


@pytest.mark.parametrize("end", ["close the account", "change the password"])
async def test_a_session_that_ended_is_given_nothing(
    people: People, run: str, people_lane: CountedLane, end: str
) -> None:
    bob: Any = people.bob
    path, session = f"/runs/{run}/header", await session_of(bob)
    assert (await get(people_lane, path, session))[0] == 200
    if end == "close the account":
        bob.is_active = False
    else:
        bob.set_password("another long password")
    await bob.asave()
    assert (await get(people_lane, path, session))[0] == 401


async def test_another_role_in_another_project_is_another_answer(
    people: People, run: str, people_lane: CountedLane
) -> None:
    other = await Project.objects.acreate(slug="other", name="Other")
    path = f"/runs/{run}/verdicts"
    await get(people_lane, path, await session_of(people.bob))
    await Membership.objects.acreate(project=other, user=people.bob, role=Role.VIEWER)
    await get(people_lane, path, await session_of(people.bob))
    assert people_lane.times == 2


async def test_each_reads_in_their_language(
    people: People, run: str, people_lane: CountedLane
) -> None:
    path, bob = f"/runs/{run}/candidates", await session_of(people.bob)
    english = await get(people_lane, path, bob, language="en")
    german = await get(people_lane, path, bob, language="de")
    assert b"Candidates" in english[1]
    assert "Kandidaten" in german[1].decode()


async def test_what_browsers_say_of_languages_matters_only_where_it_is_another_language(
    people: People, run: str, people_lane: CountedLane
) -> None:
    path, bob = f"/runs/{run}/candidates", await session_of(people.bob)
    told = [
        await get(people_lane, path, bob, language="", accepted=accepted)
        for accepted in ("en-GB,en;q=0.9", "fr;q=0.8,en-US;q=0.5", "de-AT,de;q=0.7")
    ]
    assert told[0] == told[1]
    assert "Kandidaten" in told[2][1].decode()
    assert people_lane.times == 2


async def test_who_was_told_of_growth_is_shown_it(
    people: People, run: str, people_lane: CountedLane
) -> None:
    path, bob = f"/runs/{run}/tree/bones", await session_of(people.bob)
    first = json.loads((await get(people_lane, path, bob, told=1))[1])
    await _put(people, started(run, "b"))
    unaware = json.loads((await get(people_lane, path, bob, told=1))[1])
    aware = json.loads((await get(people_lane, path, bob, told=first["seq"] + 1))[1])
    assert unaware == first
    assert len(aware["columns"]["ordinal"]) == 2
    assert json.loads((await get(people_lane, path, bob))[1]) == aware, "untold: as of the last"


async def _put(people: People, *events: Any) -> None:
    await database_sync_to_async(put_on_record)(people.project, *events)
