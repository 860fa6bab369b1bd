"""The machines' door of control: what a runner hears, says, and is refused."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from deliberation.events.codec import encode
from deliberation.vocabulary import CommandKind
from ingest import receive
from ingest.control import after, waiting
from ingest.pool import close_pool
from tests.integration.build import NOW, make_project, new_run, observed
from tests.integration.control.acts import ALICE, ask, live_run, randbytes
from tests.until import until
from traces.actions.issue_command import issue_command
from traces.actions.order import Order
from traces.live.publish import poke
from traces.models import ApiKey, Command, LedgerEntry, Run
from traces.queries.clock import read_clock

pytestmark = pytest.mark.django_db(transaction=True)
TRACE = "5b8efff798038103d269b633813fc60c"


class Runner:
    """A program's side, with the key of one project."""

    def __init__(self, client: AsyncClient, key: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {key}"}

    async def post(self, path: str, said: object) -> tuple[int, Any]:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        answer = await self.client.post(
            path, body, content_type="application/json", headers=self.headers
        )
        return answer.status_code, json.loads(answer.content)

    async def poll(self, run: str, after: int = 0, wait: float = 0) -> tuple[int, Any]:
        path = f"/v1/control/{run}?after={after}&wait={wait}"
        answer = await self.client.get(path, headers=self.headers)
        return answer.status_code, json.loads(answer.content)

    async def beat(self, run: str, attempt: int | None = None, **said: Any) -> tuple[int, Any]:
        return await self.post(
            f"/v1/control/{run}/heartbeat", {"attempt": attempt, "holder": "h1", **said}
        )

    async def ack(self, run: str, command: str, stage: str, **said: Any) -> tuple[int, Any]:
        return await self.post(
            f"/v1/control/{run}/ack", {"command_id": command, "stage": stage, **said}
        )


@pytest_asyncio.fixture
async def client(monkeypatch: pytest.MonkeyPatch, settings: Any) -> AsyncIterator[AsyncClient]:
    # As in the lane of machines: behind people's middleware a poll would keep the one thread of all others.
    settings.MIDDLEWARE = []
    monkeypatch.setattr("ingest.doorbell.Doorbell._publish", lambda self: None)
    monkeypatch.setattr(receive.backlog, "_looked_at", float("-inf"))
    yield AsyncClient()
    await until(lambda: not after._under_way)
    await close_pool()
    await sync_to_async(connections.close_all)()


async def runner_of(client: AsyncClient, project: str = "default", scope: str = "ingest") -> Runner:
    key = f"key-{project}-{scope}"
    await sync_to_async(
        lambda: ApiKey.objects.create(
            project=make_project(project),
            name="test",
            prefix=key[:10],
            digest=hashlib.sha256(key.encode()).digest(),
            scopes=[scope],
            created_at=NOW,
        )
    )()
    return Runner(client, key)


async def started(project: str = "default", state: str = "running") -> str:
    run: str = await sync_to_async(live_run)(state, project)
    return run


def asked_now(run: str, kind: str, command: str) -> None:
    """Alice clicks."""
    order = Order(command_id=command, kind=CommandKind(kind))
    issued = issue_command(
        run_id=uuid.UUID(run), order=order, by=ALICE, now_ns=read_clock(), randbytes=randbytes
    )
    poke(issued.changes)


async def stage_of(command: str) -> str:
    found = await sync_to_async(Command.objects.get)(command_id=command)
    return str(found.stage)


async def until_stage(command: str, stage: str) -> None:
    deadline = time.monotonic() + 30
    while await stage_of(command) != stage:
        assert time.monotonic() < deadline, await stage_of(command)
        await asyncio.sleep(0.01)


async def test_it_works(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await started()
    _, first = await runner.beat(run)
    assert (first["lease"]["attempt"], first["desired_state"], first["commands"]) == (1, "run", [])
    polling = asyncio.create_task(runner.poll(run, first["control_seq"], 20))
    await asyncio.sleep(0.1)
    await sync_to_async(asked_now)(run, "stop", "c1")
    status, heard = await polling
    assert (status, heard["desired_state"]) == (200, "stop")
    assert [each["command_id"] for each in heard["commands"]] == ["c1"]
    await until_stage("c1", "delivered")
    assert (await runner.ack(run, "c1", "acknowledged"))[0] == 200
    assert (await runner.beat(run, 1, state="cancelling"))[1]["observed_state"] == "cancelling"
    status, command = await runner.ack(run, "c1", "applied", detail="out of the loop")
    assert (status, command["stage"], command["detail"]) == (200, "applied", "out of the loop")
    for name in ("requested_at", "delivered_at", "acknowledged_at", "applied_at"):
        assert command[name], name


async def test_news_without_redis_come_with_the_next_look(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, run = await runner_of(client), await started()
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.2)
    polling = asyncio.create_task(runner.poll(run, 0, 20))
    await asyncio.sleep(0.1)
    await sync_to_async(ask)(run, "pause", "c1")  # committed, and nobody is poked
    begun = time.monotonic()
    _, heard = await polling
    assert [each["kind"] for each in heard["commands"]] == ["pause"]
    assert time.monotonic() - begun < 10  # it would wait for 20


async def test_a_poll_with_nothing_to_hear_ends_when_it_said(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await started()
    begun = time.monotonic()
    status, heard = await runner.poll(run, 0, 0.3)
    assert (status, heard["commands"], heard["lease"]) == (200, [], None)
    assert 0.25 < time.monotonic() - begun < 10


async def test_what_was_told_once_and_not_heard_is_told_again(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await started()
    await sync_to_async(ask)(run, "pause", "c1")
    for _ in range(2):
        _, heard = await runner.poll(run)
        assert [each["command_id"] for each in heard["commands"]] == ["c1"]
    _, later = await runner.poll(run, heard["control_seq"])
    assert later["commands"] == []
    assert [each["source"] for each in later["holds"]] == [ALICE]


async def test_one_request_is_the_heartbeat_and_the_poll_of_all_runs_of_a_process(
    client: AsyncClient,
) -> None:
    runner, runs = await runner_of(client), [await started() for _ in range(3)]
    said = {run: {"after": 0, "attempt": None, "holder": "h"} for run in runs}
    _, answer = await runner.post("/v1/control", {"wait": 0, "runs": said})
    assert {each["lease"]["attempt"] for each in answer["runs"].values()} == {1}
    again = {
        run: {"after": each["control_seq"], "attempt": 1, "state": "running", "holder": "h"}
        for run, each in answer["runs"].items()
    }
    waiting_ = asyncio.create_task(runner.post("/v1/control", {"wait": 20, "runs": again}))
    await asyncio.sleep(0.1)
    await sync_to_async(asked_now)(runs[1], "stop", "c1")
    _, heard = await waiting_
    wanted = [heard["runs"][run]["desired_state"] for run in runs]
    assert wanted == ["run", "stop", "run"]


async def test_a_lower_attempt_is_fenced_off_and_the_others_go_on(client: AsyncClient) -> None:
    runner, taken, mine = await runner_of(client), await started(), await started()
    assert (await runner.beat(taken, holder="old"))[1]["lease"]["attempt"] == 1
    assert (await runner.beat(taken, holder="new"))[1]["lease"]["attempt"] == 2
    status, refused = await runner.beat(taken, 1, holder="old")
    assert (status, refused["title"]) == (409, "Fenced")
    said = {taken: {"attempt": 1, "holder": "old"}, mine: {"attempt": None, "holder": "old"}}
    _, answer = await runner.post("/v1/control", {"wait": 10, "runs": said})
    assert answer["runs"][taken]["status"] == 409
    assert answer["runs"][mine]["lease"]["attempt"] == 1


async def test_a_heartbeat_may_come_before_the_first_event(client: AsyncClient) -> None:
    runner, run = await runner_of(client), new_run()
    status, answer = await runner.beat(run, state="starting")
    assert (status, answer["observed_state"]) == (200, "starting")
    assert (await sync_to_async(Run.objects.get)(pk=run)).attempt == 1


async def test_a_trace_names_the_run_that_its_spans_will_be_recorded_under(
    client: AsyncClient,
) -> None:
    runner = await runner_of(client)
    status, answer = await runner.beat(f"trace-{TRACE}")
    assert (status, answer["lease"]["attempt"]) == (200, 1)
    run = await sync_to_async(Run.objects.get)(trace_id=TRACE)
    assert run.observed_state == "running"
    await sync_to_async(ask)(str(run.pk), "stop", "c1")
    _, heard = await runner.poll(f"trace-{TRACE}")
    assert heard["desired_state"] == "stop"
    assert (await runner.ack(f"trace-{TRACE}", "c1", "acknowledged"))[0] == 200


async def test_whoever_only_listens_makes_no_trace_known(client: AsyncClient) -> None:
    runner = await runner_of(client)
    assert (await runner.poll(f"trace-{TRACE}"))[0] == 404
    assert (await runner.ack(f"trace-{TRACE}", "c1", "applied"))[0] == 404
    assert not await Run.objects.filter(trace_id=TRACE).aexists()


async def test_the_answer_to_a_post_of_events_carries_what_is_asked(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await started()
    await sync_to_async(ask)(run, "stop", "c1")
    event = json.dumps(encode(observed(run, "b"))).encode()
    status, answer = await runner.post("/v1/events", event)
    assert (status, answer["desired_states"]) == (200, {run: "stop"})
    assert [(each["command_id"], each["run_id"]) for each in answer["commands"]] == [("c1", run)]
    assert answer["control_seqs"][run] > 0


async def test_a_late_word_on_a_superseded_command_is_answered_with_what_won(
    client: AsyncClient,
) -> None:
    runner, run = await runner_of(client), await started()
    await sync_to_async(ask)(run, "pause", "c1")
    await sync_to_async(ask)(run, "stop", "c2")
    status, problem = await runner.ack(run, "c1", "applied")
    assert (status, problem["winner"]["command_id"]) == (409, "c2")
    assert problem["command"]["stage"] == "superseded"


async def test_told_twice_is_told_once(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await started()
    await sync_to_async(ask)(run, "stop", "c1")
    for _ in range(2):
        assert (await runner.ack(run, "c1", "acknowledged"))[0] == 200
    keys = LedgerEntry.objects.filter(run_id=run, key__contains="acknowledged")
    assert await keys.acount() == 1


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("/v1/control", b"[]", 400),
        ("/v1/control", b"{", 400),
        ("/v1/control", {"runs": []}, 400),
        ("/v1/control", {"runs": {}, "wait": "long"}, 400),
        ("/v1/control/RUN/ack", {}, 400),
        ("/v1/control/RUN/ack", {"command_id": "c", "stage": "delivered"}, 400),
        ("/v1/control/RUN/ack", {"command_id": "unknown", "stage": "applied"}, 404),
        ("/v1/control/RUN/ack", {"command_id": "a\x00b", "stage": "applied"}, 404),
        ("/v1/control/RUN/heartbeat", {"attempt": -1}, 400),
        ("/v1/control/RUN/heartbeat", {"attempt": 7}, 422),
        ("/v1/control/RUN/heartbeat", {"state": "asleep"}, 400),
        ("/v1/control/RUN/heartbeat", {"attempt": None, "state": "lost"}, 422),
        ("/v1/control/RUN/heartbeat", {"attempt": None, "spent": {"euros": "1"}}, 400),
        ("/v1/control/RUN/heartbeat", {"attempt": None, "spent": {"usd": "NaN"}}, 400),
        ("/v1/control/no-run/ack", {"command_id": "c", "stage": "applied"}, 404),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_a_sentence(
    client: AsyncClient, path: str, said: object, status: int
) -> None:
    runner, run = await runner_of(client), await started()
    found, problem = await runner.post(path.replace("RUN", run), said)
    assert found == status
    assert problem["detail"]


async def test_a_run_of_another_project_is_not_there(client: AsyncClient) -> None:
    runner, run = await runner_of(client, "charlies"), await started("default")
    assert (await runner.poll(run, 0, 5))[0] == 404
    assert (await runner.beat(run))[0] == 404
    assert (await runner.ack(run, "c1", "applied"))[0] == 404
    _, answer = await runner.post("/v1/control", {"runs": {run: {"attempt": None}}})
    assert answer["runs"][run]["status"] == 404


async def test_a_key_that_may_not_send_may_not_listen(client: AsyncClient) -> None:
    runner, run = await runner_of(client, scope="read"), await started()
    assert (await runner.poll(run))[0] == 403
    nobody = Runner(client, "unknown")
    assert (await nobody.poll(run))[0] == 401
