"""Servers that go and come back, words that are late or twice, and programs that misbehave."""

from __future__ import annotations

import json
import random
import threading
import time

import pytest

import deliberation as dl
from deliberation.client import Client, Settings, begin_run, talk, watch
from deliberation.client.beat import body_of, hand_out, overhear
from deliberation.control import Gate, read_word
from deliberation.vocabulary import CommandStage, DesiredState, ObservedState
from tests.sdk.waiting import Elsewhere, wait_until


def threads():
    return [each.name for each in threading.enumerate() if "deliberation" in each.name]


def work_on(run):
    while True:
        run.node("step").end()
        time.sleep(0.001)


@pytest.fixture
def brief(server):
    """Leases that run out while a test waits."""
    server.controls.lease_seconds = 0.3


def test_it_works(client, server, brief):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:
        server.wait_for(run)
        server.go_away()
        elsewhere.do(lambda: work_on(run))
        time.sleep(0.6)
        assert elsewhere.is_busy
        server.start()
        server.stop(run)
        assert isinstance(elsewhere.error(), dl.Stopped)
    assert client.flush(30)
    assert client.stats().dropped == 0


def test_without_a_server_there_is_no_thread_and_nothing_waits(client):
    before = len(threads())
    alone = Client(Settings())
    with begin_run(alone, "q", on_disconnect="stop") as run, run.node("step"):
        assert run.checkpoint().messages == ()
    assert len(threads()) == before


def test_a_run_may_wait_for_the_server(client, server, brief):
    with begin_run(client, "q", on_disconnect="pause") as run, Elsewhere() as elsewhere:
        server.wait_for(run)
        elsewhere.do(lambda: work_on(run))
        server.go_away()
        wait_until(lambda: run.gate.state is ObservedState.PAUSED)
        server.start()
        wait_until(lambda: run.gate.state is ObservedState.RUNNING)
        server.stop(run)
        elsewhere.error()


def test_a_run_may_stop_without_the_server(client, server, brief):
    run = begin_run(client, "q", on_disconnect="stop")
    with pytest.raises(dl.Stopped) as caught, run:  # noqa: PT012
        server.wait_for(run)
        server.go_away()
        work_on(run)
    assert caught.value.cause is dl.Cause.DISCONNECTED
    server.start()
    assert client.flush(30)
    assert server.of("run.ended")[0].stop_reason == "stopped: disconnected"


def test_a_word_that_is_no_policy_is_said_and_left_out(client, server, caplog):
    with begin_run(client, "q", on_disconnect="stopp"):
        pass
    assert "on_disconnect: must be one of continue, pause, stop" in caplog.text


def test_a_pause_outlives_the_servers_absence(client, server, brief):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:
        server.wait_for(run)
        server.pause(run)
        elsewhere.do(lambda: work_on(run))
        wait_until(lambda: run.gate.state is ObservedState.PAUSED)
        server.go_away()
        time.sleep(0.6)
        assert run.gate.state is ObservedState.PAUSED
        server.start()
        server.resume(run)
        wait_until(lambda: run.gate.state is ObservedState.RUNNING)
        server.stop(run)
        elsewhere.error()


def test_what_was_acknowledged_while_the_server_was_away_is_told_later(client, server):
    with pytest.raises(dl.Stopped), begin_run(client, "q") as run:  # noqa: PT012
        server.wait_for(run)
        stop = server.stop(run)
        wait_until(lambda: run.gate.shut)
        server.go_away()
        work_on(run)
    server.start()
    wait_until(lambda: stop.stage is CommandStage.APPLIED)
    wait_until(lambda: server.control_of(run).observed is ObservedState.CANCELLED)


def test_nothing_hangs_when_the_client_is_closed(make_client, server):
    for policy, waits in (("continue", False), ("pause", True)):
        client = make_client()
        run = begin_run(client, "q", on_disconnect=policy).start()
        server.wait_for(run)
        server.pause(run)
        wait_until(lambda run=run: run.gate.shut)
        with Elsewhere() as elsewhere:
            elsewhere.do(run.checkpoint)
            wait_until(lambda run=run: run.gate.state is ObservedState.PAUSED)
            client.close()
            assert isinstance(elsewhere.error(), dl.Stopped) is waits


def test_a_run_that_another_process_took_over_stops_and_does_not_end_it(client, server):
    with pytest.raises(dl.Stopped) as caught, begin_run(client, "q") as run:  # noqa: PT012
        server.wait_for(run)
        server.fence(run)
        work_on(run)
    assert caught.value.cause is dl.Cause.FENCED
    assert client.flush(30)
    assert not server.of("run.ended")
    assert server.control_of(run).lease.holder == "another"


def test_a_run_that_was_stopped_before_anybody_began_it_is_not_begun(client, server):
    run = begin_run(client, "q")
    server.controls.record(run.id, None)
    server.stop(run)
    with pytest.raises(dl.Stopped), run:
        work_on(run)


def test_a_stop_that_comes_before_the_first_heartbeat_is_heard_with_it(client, server):
    run = begin_run(client, "q")
    server.controls.record(run.id, None)
    server.controls.of(run.id).report(ObservedState.RUNNING)
    stop = server.stop(run)
    with pytest.raises(dl.Stopped), run:
        work_on(run)
    assert stop.stage is CommandStage.APPLIED


def test_a_stop_just_after_the_end_is_refused(client, server):
    with begin_run(client, "q") as run:
        server.wait_for(run)
    run.gate.hear(
        read_word(
            {
                "control_seq": 1,
                "desired_state": "stop",
                "commands": [{"command_id": "late", "kind": "stop"}],
            }
        )
    )
    assert [ack.stage.value for ack in run.gate.ear.orders.untold] == ["acknowledged", "refused"]
    run.node("step").end()
    with pytest.raises(Exception, match="the run has ended"):
        server.stop(run)


def test_a_run_that_was_faster_than_its_stop_is_completed(client, server):
    with begin_run(client, "q") as run:
        server.wait_for(run)
        stop = server.stop(run)
        wait_until(lambda: stop.stage is CommandStage.ACKNOWLEDGED)
    wait_until(lambda: not stop.is_open)
    assert CommandStage.APPLIED not in stop.times
    assert server.of("run.ended")[0].state.value == "completed"


def test_an_error_while_stopping_is_the_programs_own(client, server):
    with pytest.raises(ValueError, match="no receipt"), begin_run(client, "q") as run:  # noqa: PT012
        server.wait_for(run)
        stop = server.stop(run)
        try:
            work_on(run)
        finally:
            raise ValueError("no receipt")
    assert server.of("run.ended")[0].state.value == "failed"
    wait_until(lambda: stop.stage is CommandStage.APPLIED)


def test_a_command_that_is_delivered_twice_is_taken_once():
    gate = Gate("r")
    command = {"command_id": "1", "kind": "steer", "message": "look left"}
    word = read_word({"control_seq": 1, "desired_state": "run", "commands": [command]})
    gate.hear(word)
    gate.hear(word)
    assert gate.take_messages() == ("look left",)
    gate.hear(word)
    assert gate.take_messages() == ()
    assert [ack.stage.value for ack in gate.ear.orders.untold] == ["acknowledged", "applied"]


def test_an_answer_that_is_overtaken_changes_nothing():
    gate = Gate("r")
    gate.hear(read_word({"control_seq": 2, "desired_state": "run"}))
    gate.hear(read_word({"control_seq": 1, "desired_state": "pause"}))
    assert not gate.shut


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"control_seq": "1", "desired_state": "dance", "commands": "none", "lease": 5},
        {"control_seq": True, "desired_state": None, "commands": [None, {}, {"command_id": 3}]},
        {"control_seq": 1, "desired_state": ["stop"], "holds": {"a": 1}, "lease": {"seconds": -1}},
        {"control_seq": 2, "commands": [{"command_id": "1", "kind": "steer", "message": 5}]},
        {"control_seq": 3, "commands": [{"command_id": "2", "kind": "explode"}]},
    ],
)
def test_an_answer_of_another_shape_changes_nothing(said):
    gate = Gate("r")
    gate.hear(read_word(said))
    assert not gate.shut
    assert gate.take_messages() == ()


def test_a_word_on_a_run_that_is_not_here_is_nobodys(client, server):
    with begin_run(client, "q") as run:
        server.wait_for(run)
        other = {"desired_states": {"another": "stop"}, "control_seqs": {"another": 9}}
        client._watch.overhear(other)
        client._watch.overhear({"desired_states": [], "control_seqs": None, "commands": 3})
        run.node("step").end()


def test_what_was_overheard_is_asked_about_again_for_it_is_not_the_whole(client):
    gate, decided = Gate("r"), []
    gate.ear.listeners.append(lambda word: decided.extend(word.approvals))
    overhear({"desired_states": {"r": "run"}, "control_seqs": {"r": 2}}, [gate])
    assert after(gate) == 0
    told = {"control_seq": 2, "approvals": [{"approval_id": "a"}], "lease": {"attempt": 1}}
    hand_out({"runs": {"r": told}}, [gate])
    assert [each["approval_id"] for each in decided] == ["a"]
    assert after(gate) == 2


def after(gate):
    body = json.loads(body_of([gate], wait=0, holder="h", killable=False))
    return body["runs"]["r"]["after"]


def test_whoever_stops_listening_makes_no_other_miss_the_word():
    gate, heard = Gate("r"), []

    def once(_word):
        gate.ear.listeners.remove(once)

    gate.ear.listeners += [once, heard.append]
    gate.hear(read_word({"control_seq": 1}))
    assert len(heard) == 1


def test_commands_ride_on_the_answers_to_events_when_nobody_can_poll(make_client, server):
    client = make_client()
    server.controls.answer = lambda request: None  # an address that is not there
    with pytest.raises(dl.Stopped), begin_run(client, "q") as run:  # noqa: PT012
        client.flush(30)
        server.stop(run)
        work_on(run)


@pytest.mark.parametrize("seed", range(5))
def test_after_a_storm_of_commands_the_last_one_stands(client, server, seed):
    choose = random.Random(seed)
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:
        server.wait_for(run)
        elsewhere.do(lambda: work_on(run))
        for _ in range(40):
            is_held = bool(server.control_of(run).holds)
            (server.resume if is_held and choose.random() < 0.6 else server.pause)(run)
            time.sleep(choose.random() * 0.005)
        is_held = bool(server.control_of(run).holds)
        wanted = ObservedState.PAUSED if is_held else ObservedState.RUNNING
        wait_until(lambda: server.control_of(run).observed is wanted)
        desired = DesiredState.PAUSE if is_held else DesiredState.RUN
        assert server.control_of(run).desired is desired
        server.stop(run)
        assert isinstance(elsewhere.error(), dl.Stopped)
    assert not [each for each in server.control_of(run).commands.values() if each.is_open]


def test_many_runs_share_one_thread_and_each_hears_its_own(client, server):
    with Elsewhere() as elsewhere:
        runs = [begin_run(client, "q").start() for _ in range(20)]
        for run in runs:
            server.wait_for(run)
            elsewhere.do(lambda run=run: work_on(run))
        assert threads().count("deliberation-control") == 1
        for run in runs[::2]:
            server.stop(run)
        wait_until(lambda: [run.gate.shut for run in runs] == [True, False] * 10)
        for run in runs[1::2]:
            server.stop(run)
        elsewhere.error()
    for run in runs:
        run.end()


def test_more_runs_than_one_request_carries_take_turns(client, server, monkeypatch):
    monkeypatch.setattr(talk, "MOST_RUNS", 3)
    server.controls.lease_seconds = 1.5  # a heartbeat each half second
    runs = [begin_run(client, "q").start() for _ in range(10)]
    for run in runs:
        server.wait_for(run)
    for _ in range(2):
        since = time.monotonic()
        wait_until(lambda: all(server.control_of(run).lease.at > since for run in runs))  # noqa: B023
    polls = [each.json()["runs"] for each in server.requests if each.path == "/v1/control"]
    assert max(map(len, polls)) == 3
    for run in runs:
        server.stop(run)
    wait_until(lambda: all(run.gate.shut for run in runs))
    for run in runs:
        run.end()


def test_a_listener_that_fails_does_not_end_the_thread(client, server):
    def fail(word):
        raise RuntimeError("mine")

    with begin_run(client, "q") as run:
        server.wait_for(run)
        run.gate.ear.listeners.append(fail)
        server.pause(run)
        wait_until(lambda: run.gate.shut)
        server.resume(run)
        wait_until(lambda: not run.gate.shut)


def test_a_run_that_the_program_let_go_of_is_forgotten(client, server, brief):
    run = begin_run(client, "q").start()
    name = run.id
    server.wait_for(run)
    del run
    wait_until(lambda: server.control_of(name).observed is ObservedState.LOST)


def test_a_run_of_a_moment_is_never_mentioned(client, server, monkeypatch):
    monkeypatch.setattr(
        watch, "GATHER_SECONDS", 10.0
    )  # what a moment is must not hang on the machine
    for _ in range(5):
        with begin_run(client, "q"):
            pass
    time.sleep(0.1)
    assert not [each for each in server.requests if each.path.startswith("/v1/control")]


def test_a_pause_that_is_heard_before_the_state_it_brings_is_applied_all_the_same():
    """An answer to events tells the state as it was when it began, and commands that came since."""
    gate = Gate("r")
    pause = {"command_id": "1", "kind": "pause", "stage": "requested"}
    gate.hear(read_word({"control_seq": 4, "desired_state": "run", "commands": [pause]}))
    gate.hear(read_word({"control_seq": 4, "desired_state": "run", "commands": []}))
    assert not gate.shut
    gate.hear(read_word({"control_seq": 5, "desired_state": "pause"}))
    with Elsewhere() as elsewhere:
        elsewhere.do(gate.check)
        wait_until(lambda: gate.state is ObservedState.PAUSED)
        gate.hear(read_word({"control_seq": 6, "desired_state": "run"}))
    assert [ack.stage.value for ack in gate.ear.orders.untold] == ["acknowledged", "applied"]


def test_a_command_that_was_taken_back_is_not_answered_for():
    gate = Gate("r")
    pause = {"command_id": "1", "kind": "pause", "stage": "superseded"}
    gate.hear(read_word({"control_seq": 4, "desired_state": "stop", "commands": [pause]}))
    assert not gate.ear.orders.untold
