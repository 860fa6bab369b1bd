"""The fake speaks the control addresses as a runner finds them."""

from __future__ import annotations

import json
import threading
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from deliberation import fake
from deliberation.vocabulary import CommandStage, DesiredState, ObservedState

RUN = "01900000-0000-7000-8000-000000000000"


def post(server, path, plain):
    headers = {"Authorization": f"Bearer {server.key}"}
    with urlopen(Request(server.url + path, json.dumps(plain).encode(), headers)) as answer:
        return json.load(answer)


def get(server, path):
    headers = {"Authorization": f"Bearer {server.key}"}
    with urlopen(Request(server.url + path, headers=headers)) as answer:
        return json.load(answer)


def beat(server, run=RUN, *, wait=0, after=0, attempt=None, **said):
    said = {"after": after, "attempt": attempt, "state": "running", **said}
    answer = post(server, "/v1/control", {"wait": wait, "runs": {run: said}})
    return answer["runs"][run]


def status_of(ask):
    with pytest.raises(HTTPError) as caught:
        ask()
    caught.value.close()
    return caught.value.code


def test_it_works(server):
    assert beat(server)["lease"]["attempt"] == 1
    command = server.pause(RUN, "let me look")
    answer = beat(server, attempt=1)
    assert (answer["desired_state"], answer["control_seq"]) == ("pause", 1)
    assert [each["kind"] for each in answer["commands"]] == ["pause"]
    assert command.stage is CommandStage.DELIVERED
    post(server, f"/v1/control/{RUN}/ack", {"command_id": command.id, "stage": "applied"})
    beat(server, attempt=1, state="paused")
    assert command.stage is CommandStage.APPLIED
    assert server.control_of(RUN).observed is ObservedState.PAUSED
    server.resume(RUN)
    assert beat(server, attempt=1)["holds"] == []
    assert server.control_of(RUN).desired is DesiredState.RUN


def test_a_poll_waits_until_there_is_news(server):
    beat(server)
    asked = time.monotonic()
    threading.Timer(0.2, server.stop, [RUN]).start()
    answer = get(server, f"/v1/control/{RUN}?after=0&wait=10")
    assert 0.1 < time.monotonic() - asked < 5
    assert answer["desired_state"] == "stop"
    asked = time.monotonic()
    assert get(server, f"/v1/control/{RUN}?after=1&wait=0.2")["commands"] == []
    assert time.monotonic() - asked >= 0.2


def test_a_later_attempt_fences_the_one_before_even_while_it_waits(server):
    beat(server, holder="a")
    assert beat(server, holder="a")["lease"]["attempt"] == 1
    threading.Timer(0.2, server.fence, [RUN]).start()
    asked = time.monotonic()
    assert beat(server, attempt=1, holder="a", wait=10)["status"] == 409
    assert time.monotonic() - asked < 5
    assert status_of(lambda: post(server, f"/v1/control/{RUN}/heartbeat", {"attempt": 1})) == 409


def test_what_only_listens_takes_no_lease(server):
    answer = post(server, "/v1/control", {"wait": 0, "runs": {RUN: {"after": 0}}})
    assert answer["runs"][RUN]["lease"] is None
    assert server.control_of(RUN).observed is ObservedState.QUEUED


def test_a_stop_of_what_nobody_began_is_the_end_of_it(server):
    get(server, f"/v1/control/{RUN}?after=0&wait=0")
    assert server.stop(RUN).stage is CommandStage.APPLIED
    assert server.control_of(RUN).observed is ObservedState.CANCELLED


def test_the_stronger_supersedes_and_the_weaker_is_refused(server):
    beat(server)
    pause, stop = server.pause(RUN), server.stop(RUN)
    assert pause.stage is CommandStage.SUPERSEDED
    assert stop.is_open
    for ask in (server.pause, server.resume, server.stop):
        with pytest.raises(fake.Refused, match="asked to stop already"):
            ask(RUN)
    with pytest.raises(fake.Refused, match="no supervisor owns its process"):
        server.kill(RUN)
    late = {"command_id": pause.id, "stage": "applied"}
    assert status_of(lambda: post(server, f"/v1/control/{RUN}/ack", late)) == 409


def test_a_run_or_command_that_is_unknown_is_no_silent_latch(server):
    with pytest.raises(LookupError):
        server.stop(RUN)
    unknown = {"command_id": "none", "stage": "applied"}
    assert status_of(lambda: post(server, f"/v1/control/{RUN}/ack", unknown)) == 404


def test_a_holder_that_falls_silent_is_lost_and_may_come_back(server):
    beat(server)
    server.control_of(RUN).lease.at -= server.controls.lease_seconds
    assert server.control_of(RUN).observed is ObservedState.LOST
    beat(server, attempt=1)
    assert server.control_of(RUN).observed is ObservedState.RUNNING
