"""The machines' door of approvals: a program asks, hears what was decided, and uses its permit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from deliberation.ledger.action import MAX_ACTION_BYTES
from deliberation.vocabulary import Decision
from ingest.pool import close_pool
from tests.integration.build import NOW, make_project
from tests.integration.control.acts import live_run
from tests.integration.control.asks import action_of, randbytes, somebody
from traces.actions.decide_approval import Ruling, decide_approval
from traces.actions.keep_policy import Terms, keep_policy
from traces.models import ApiKey
from traces.queries.clock import read_clock

pytestmark = pytest.mark.django_db(transaction=True)


class Program:
    """A program's side, with the key of one project."""

    def __init__(self, project: str = "default") -> None:
        key = f"key-of-{project}"
        ApiKey.objects.create(
            project=make_project(project),
            name="test",
            prefix=key[:10],
            digest=hashlib.sha256(key.encode()).digest(),
            scopes=["ingest"],
            created_at=NOW,
        )
        self.client = AsyncClient()
        self.headers = {"authorization": f"Bearer {key}"}

    async def post(self, path: str, said: object) -> tuple[int, Any]:
        answer = await self.client.post(
            path, said, content_type="application/json", headers=self.headers
        )
        return answer.status_code, json.loads(answer.content)

    async def ask(self, run: str, **more: Any) -> tuple[int, Any]:
        action = action_of(run)
        said = {"action": action.text, "digest": action.digest, **more}
        return await self.post(f"/v1/control/{run}/approvals", said)

    async def hear(self, run: str, after: int = 0) -> Any:
        answer = await self.client.get(f"/v1/control/{run}?after={after}", headers=self.headers)
        return json.loads(answer.content)


@pytest_asyncio.fixture
async def program() -> AsyncIterator[Program]:
    yield await sync_to_async(Program)()
    await close_pool()
    await sync_to_async(connections.close_all)()


def decided(approval: str, decision: str = "approve", **more: Any) -> None:
    decide_approval(
        approval_id=approval,
        ruling=Ruling(decision=Decision(decision), **more),
        who=somebody(),
        now_ns=read_clock(),
        randbytes=randbytes,
    )


async def test_it_works(program: Program) -> None:
    run = await sync_to_async(live_run)()
    status, asked = await program.ask(run, timeout_seconds=60)
    assert (status, asked["status"]) == (200, "pending")
    assert 59 < asked["expires_in_seconds"] <= 60
    assert (await program.hear(run))["approvals"] == []
    await sync_to_async(decided)(asked["approval_id"], reason="go")
    heard = await program.hear(run)
    (told,) = heard["approvals"]
    assert (told["status"], told["by"], told["reason"]) == ("approved", "user:alice", "go")
    assert (await program.hear(run, heard["control_seq"]))["approvals"] == []
    path = f"/v1/control/{run}/approvals/{asked['approval_id']}/consume"
    use = {"digest": told["permit_digest"], "use": "u1"}
    assert (await program.post(path, use))[0] == 200
    assert (await program.post(path, use))[0] == 200  # an answer that was lost is asked for again
    status, refused = await program.post(path, {**use, "use": "u2"})
    assert (status, refused["detail"]) == (409, "the permit was used already")
    assert refused["approval"]["consumed_at"]


async def test_changed_arguments_are_handed_back(program: Program) -> None:
    run = await sync_to_async(live_run)()
    asked = (await program.ask(run))[1]
    await sync_to_async(decided)(
        asked["approval_id"], "modify", arguments='{"to": "a@example.org"}'
    )
    (told,) = (await program.hear(run))["approvals"]
    assert (told["status"], told["arguments"]) == ("modified", '{"to":"a@example.org"}')
    assert told["permit_digest"] == action_of(run, {"to": "a@example.org"}).digest


async def test_a_program_hears_what_it_must_ask_about(program: Program) -> None:
    run = await sync_to_async(live_run)()
    terms = Terms(name="writes", side_effect="write")
    project = await sync_to_async(make_project)("default")
    await sync_to_async(keep_policy)(project_id=project.pk, terms=terms, by="user:alice", now=NOW)
    (rule,) = (await program.hear(run))["approval_rules"]
    assert (rule["name"], rule["side_effect"], rule["tool"]) == ("writes", "write", None)


async def test_what_is_badly_asked_is_told_so(program: Program) -> None:
    run = await sync_to_async(live_run)()
    path = f"/v1/control/{run}/approvals"
    assert (await program.ask(run, digest="0" * 64))[0] == 422
    assert (await program.ask(run, needed="two"))[0] == 400
    assert (await program.ask(run, action="x" * (MAX_ACTION_BYTES + 1)))[0] == 400
    assert (await program.post(path, {}))[0] == 400
    assert (await program.post(path, [1]))[0] == 400
    assert (await program.ask(run, needed=0))[0] == 422


async def test_who_has_not_the_run_finds_nothing(program: Program) -> None:
    run, other = await sync_to_async(live_run)(), await sync_to_async(Program)("other")
    asked = (await program.ask(run))[1]
    assert (await other.ask(run))[0] == 404
    path = f"/v1/control/{run}/approvals/{asked['approval_id']}/consume"
    assert (await other.post(path, {"digest": "0" * 64}))[0] == 404
    assert (await program.post(f"/v1/control/{run}/approvals/x/consume", {"digest": "0" * 64}))[
        0
    ] == 404
    assert (await program.post(path, {"digest": "no"}))[0] == 422
    stranger = AsyncClient()
    assert (await stranger.post(path, {}, content_type="application/json")).status_code == 401
    assert (await program.client.get(path)).status_code == 405
