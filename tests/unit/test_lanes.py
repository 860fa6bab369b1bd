"""Machines' requests stay on the event loop; people's go through all of Django."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from inspector.lanes import MachineHandler, choose_lane
from inspector.people import PeopleHandler
from inspector.statics import StaticHandler
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


def page(request: HttpRequest) -> HttpResponse:
    seen.append(threading.current_thread().name)
    return HttpResponse(b"a page")


urlpatterns = [
    path("v1/echo", echo),
    path("v1/wait", wait_forever),
    path("v1/fail", fail),
    path("page", page),
]


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


async def ask(
    where: str, *chunks: bytes, handler: Any = MachineHandler
) -> list[MutableMapping[str, Any]]:
    client = ApplicationCommunicator(handler(), scope(where))
    for chunk in chunks:
        await client.send_input({"type": "http.request", "body": chunk, "more_body": True})
    await client.send_input({"type": "http.request"})
    answers = [await client.receive_output(30)]
    while not answers[-1]["type"].endswith("body") or answers[-1].get("more_body"):
        answers.append(await client.receive_output(30))
    await client.wait(30)
    return answers


def got(handler: Any) -> Any:
    """The handler, asked by GET."""
    made = handler()

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await made({**scope, "method": "GET"}, receive, send)

    return application


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


async def test_a_page_and_all_middleware_before_it_run_in_one_thread() -> None:
    answers: list[Any] = []

    class Counting(PeopleHandler):
        def get_response(self, request: HttpRequest) -> HttpResponse:
            seen.append(threading.current_thread().name)
            answers.append(super().get_response(request))
            return answers[-1]

    start, body = await ask("/page", handler=partial(got, Counting))
    assert (start["status"], body["body"]) == (200, b"a page")
    assert len(seen) == 2
    assert seen[0] == seen[1] != threading.current_thread().name
    assert answers[0]["Content-Security-Policy"]


async def test_a_file_comes_without_session_under_the_policy_of_pages_and_is_kept_for_ever() -> (
    None
):
    asked = f"{settings.STATIC_URL}js/app.js"
    start, *bodies = await ask(asked, handler=partial(got, StaticHandler))
    assert start["status"] == 200
    assert b"".join(each.get("body", b"") for each in bodies).startswith(b"// The only entry")
    headers = {name.lower(): value for name, value in start["headers"]}
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"default-src" in headers[b"content-security-policy"]
    assert b"immutable" in headers[b"cache-control"]
    assert b"set-cookie" not in headers


@pytest.mark.parametrize("where", ["/static/nothing.js", "/static/../settings.py", "/static/"])
async def test_what_is_no_file_is_not_there(where: str) -> None:
    start, _ = await ask(where, handler=partial(got, StaticHandler))
    assert start["status"] == 404


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

    async def files(*_: object) -> None:
        seen.append("files")

    lane = choose_lane(machines, files, people)
    for where in (
        "/v1/traces",
        "/api/public/otel/v1/traces",
        "/otel",
        "/static/a.js",
        "/api/v1/runs",
        "/",
    ):
        await ApplicationCommunicator(lane, scope(where)).wait(30)
    assert seen == ["machines", "machines", "machines", "files", "people", "people"]
