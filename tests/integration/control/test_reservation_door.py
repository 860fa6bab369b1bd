"""The addresses at which the processes of a run reserve and settle."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from tests.integration.build import make_project, new_run, put_on_record
from tests.integration.control.limits import begun
from tests.integration.control.test_door import Runner, client, runner_of
from traces.models import Reservation

assert client  # a fixture
pytestmark = pytest.mark.django_db(transaction=True)


async def limited(hard: dict[str, str] | None = None) -> str:
    run = new_run()
    await sync_to_async(lambda: put_on_record(make_project(), begun(run, hard or {"usd": "2"})))()
    return run


async def take(runner: Runner, run: str, name: str, **amounts: str) -> tuple[int, Any]:
    said = {"id": name, "holder": "h1", "amounts": amounts}
    return await runner.post(f"/v1/control/{run}/reservations", said)


async def test_it_works(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await limited()
    status, told = await take(runner, run, "a", usd="1.50")
    assert (status, told["reservation"]) == (200, "a")
    assert told["expires_at"] > 0
    assert told["budgets"] == [
        {
            "dimension": "usd", "hard": "2", "soft": None, "on_hit": "stop", "on_soft": "warn",
            "version": 1, "source": "run", "policy": None, "recorded": None, "soft_hit": False,
            "hard_hit": False, "spent": "0", "reserved": "1.5",
        }
    ]  # fmt: skip
    status, short = await take(runner, run, "b", usd="1")
    assert status == 409
    detail = "usd: not enough is left"
    assert short == {
        "type": "about:blank", "title": "Short", "status": 409, "detail": detail,
        "dimension": "usd", "which": "hard", "hard": "2", "spent": "0", "reserved": "1.5",
        "version": 1, "on_hit": "stop",
    }  # fmt: skip
    settle = f"/v1/control/{run}/reservations/a/settle"
    status, told = await runner.post(settle, {"spent": {"usd": "0.25"}})
    assert (status, told["budgets"][0]["spent"], told["budgets"][0]["reserved"]) == (
        200, "0.25", "0",
    )  # fmt: skip
    await take(runner, run, "b", usd="1")
    status, told = await runner.post(f"/v1/control/{run}/reservations/b/release", {})
    assert (status, told["budgets"][0]["reserved"]) == (200, "0")


async def test_whoever_takes_a_run_says_with_that_from_how_much_others_may_spend(
    client: AsyncClient,
) -> None:
    runner, run = await runner_of(client), new_run()
    assert (await take(runner, run, "a", model_calls="1"))[0] == 404
    limits = {"budgets": {"model_calls": "1", "usd": "1e15"}, "on_hit": {"model_calls": "ask"}}
    _, word = await runner.beat(run, shared=True, limits=limits)
    (line,) = word["budgets"]
    assert (line["dimension"], line["hard"], line["on_hit"]) == ("model_calls", "1", "ask")
    assert word["control_seq"] > 0
    assert (await take(runner, run, "a", model_calls="1"))[0] == 200
    assert (await take(runner, run, "b", model_calls="1"))[0] == 409
    stated = begun(run, {"model_calls": "1"}, on_hit={"model_calls": "ask"})
    await sync_to_async(lambda: put_on_record(make_project(), stated))()
    assert (await runner.poll(run))[1]["budgets"][0]["version"] == 1
    await runner.beat(run, limits={"budgets": {"model_calls": "9"}})
    assert (await runner.poll(run))[1]["budgets"][0]["hard"] == "1"


@pytest.mark.parametrize(
    "limits",
    [7, {"hard": {}}, {"budgets": []}, {"budgets": {"euros": "1"}}, {"budgets": {"usd": 1}}],
)
async def test_limits_of_no_form_are_told_so(client: AsyncClient, limits: Any) -> None:
    runner = await runner_of(client)
    status, told = await runner.beat(new_run(), limits=limits)
    assert (status, "limits" in told["detail"]) == (400, True)


async def test_a_round_keeps_what_its_process_reserved(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await limited()
    await take(runner, run, "a", usd="1")
    old = sync_to_async(Reservation.objects.update)
    for said in ({"after": 0, "holder": "h1"}, {"after": 0, "holder": "h1", "attempt": None}):
        await old(heard_ns=0)
        await runner.post("/v1/control", {"wait": 0, "runs": {run: said}})
        assert (await sync_to_async(Reservation.objects.get)()).heard_ns > 0
    await old(heard_ns=0)
    await runner.beat(run, 1)
    assert (await sync_to_async(Reservation.objects.get)()).heard_ns > 0
    await old(heard_ns=0)
    await runner.post("/v1/control", {"wait": 0, "runs": {run: {"after": 0, "holder": "h2"}}})
    await runner.poll(run)
    assert (await sync_to_async(Reservation.objects.get)()).heard_ns == 0


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"id": "a", "amounts": {"usd": "1"}},
        {"id": "", "holder": "h", "amounts": {"usd": "1"}},
        {"id": "a/b", "holder": "h", "amounts": {"usd": "1"}},
        {"id": "x" * 65, "holder": "h", "amounts": {"usd": "1"}},
        {"id": 7, "holder": "h", "amounts": {"usd": "1"}},
        {"id": "a", "holder": "h"},
        {"id": "a", "holder": "h", "amounts": {}},
        {"id": "a", "holder": "h", "amounts": {"euros": "1"}},
        {"id": "a", "holder": "h", "amounts": {"usd": "-1"}},
        {"id": "a", "holder": "h", "amounts": {"usd": "NaN"}},
        {"id": "a", "holder": "h", "amounts": {"usd": "1e12"}},
        {"id": "a", "holder": "h", "amounts": ["usd"]},
    ],
)
async def test_what_is_badly_asked_is_told_so(client: AsyncClient, said: dict[str, Any]) -> None:
    runner, run = await runner_of(client), await limited()
    status, told = await runner.post(f"/v1/control/{run}/reservations", said)
    assert (status, bool(told["detail"])) == (400, True)


async def test_an_amount_of_a_million_digits_is_rounded(client: AsyncClient) -> None:
    runner, run = await runner_of(client), await limited()
    assert (await take(runner, run, "a", usd="1e-400000"))[0] == 200
    kept = await sync_to_async(Reservation.objects.get)()
    assert kept.amounts == {"usd": "0.000000000000000000"}


async def test_who_has_not_the_run_finds_nothing(client: AsyncClient) -> None:
    run = await limited()
    other, reader = await runner_of(client, "other"), await runner_of(client, scope="read")
    assert (await take(other, run, "a", usd="1"))[0] == 404
    assert (await take(reader, run, "a", usd="1"))[0] == 403
    runner = await runner_of(client)
    assert (await take(runner, new_run(), "a", usd="1"))[0] == 404
    assert (await take(runner, "no-run", "a", usd="1"))[0] == 404
    settle = f"/v1/control/{run}/reservations/never/settle"
    assert (await runner.post(settle, {"spent": {}}))[0] == 404
    assert (await runner.post(settle, {"spent": {"usd": "-1"}}))[0] == 400
