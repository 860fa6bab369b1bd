"""Machines' requests stay on the event loop; people's go through all of Django."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import MutableMapping
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from inspector.lanes import MachineHandler, choose_lane
from tests.until import until

seen: list[str] = []


async def echo(request: HttpRequest) -> HttpResponse:
    seen.append(threading.current_thread().name)
    return HttpResponse(request.body, content_type="text/plain")


async def wait_forever(request: HttpRequest) -> HttpResponse:
    seen.append("waiting")
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise
    return HttpResponse()


async def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault")


urlpatterns = [path("v1/echo", echo), path("v1/wait", wait_forever), path("v1/fail", fail)]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    seen.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


def scope(where: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": where,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }


async def ask(where: str, *chunks: bytes) -> list[MutableMapping[str, Any]]:
    client = ApplicationCommunicator(MachineHandler(), scope(where))
    for chunk in chunks:
        await client.send_input({"type": "http.request", "body": chunk, "more_body": True})
    await client.send_input({"type": "http.request"})
    answers = [await client.receive_output(30)]
    while not answers[-1]["type"].endswith("body") or answers[-1].get("more_body"):
        answers.append(await client.receive_output(30))
    await client.wait(30)
    return answers


async def test_it_works() -> None:
    start, body = await ask("/v1/echo", b"one ", b"two")
    assert start["status"] == 200
    assert body["body"] == b"one two"


@pytest.mark.parametrize("where", ["/v1/echo", "/v1/fail", "/v1/unknown"])
async def test_no_answer_can_be_read_as_a_page_or_kept_by_a_cache(where: str) -> None:
    start, *_ = await ask(where, b"<script>")
    headers = {name.lower(): value for name, value in start["headers"]}
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"cache-control"] == b"no-store"


async def test_no_request_leaves_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a hop to a thread")

    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", refuse)
    threads = threading.active_count()
    start, _ = await ask("/v1/echo", b"x")
    assert start["status"] == 200
    assert seen == [threading.current_thread().name]
    assert threading.active_count() == threads


async def test_a_client_that_goes_away_cancels_its_long_poll() -> None:
    client = ApplicationCommunicator(MachineHandler(), scope("/v1/wait"))
    await client.send_input({"type": "http.request"})
    await until(lambda: seen)
    await client.send_input({"type": "http.disconnect"})
    await client.wait(30)
    assert seen == ["waiting", "cancelled"]


async def test_a_client_that_goes_away_while_it_sends_is_forgotten() -> None:
    client = ApplicationCommunicator(MachineHandler(), scope("/v1/echo"))
    await client.send_input({"type": "http.request", "body": b"x", "more_body": True})
    await client.send_input({"type": "http.disconnect"})
    await client.wait(30)
    assert seen == []


async def test_each_lane_gets_its_own() -> None:
    async def machines(*_: object) -> None:
        seen.append("machines")

    async def people(*_: object) -> None:
        seen.append("people")

    lane = choose_lane(machines, people)
    for where in ("/v1/traces", "/api/public/otel/v1/traces", "/otel", "/api/v1/runs", "/"):
        await ApplicationCommunicator(lane, scope(where)).wait(30)
    assert seen == ["machines", "machines", "machines", "people", "people"]
