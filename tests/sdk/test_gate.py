"""A program gives way where it begins a step, when somebody asked for it."""

from __future__ import annotations

import threading
import time

import pytest

import deliberation as dl
from deliberation.client import begin_run
from deliberation.vocabulary import CommandStage, ObservedState
from tests.sdk.waiting import Elsewhere, wait_until


def work_on(run):
    while True:
        run.node("step").end()
        time.sleep(0.001)


def test_it_works(client, server):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: work_on(run))
        wait_until(lambda: server.of("node.started"))
        pause = server.pause(run, "let me look")
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        client.flush(30)
        held = len(server.events)
        time.sleep(0.2)
        client.flush(30)
        assert len(server.events) == held
        resume = server.resume(run)
        wait_until(lambda: len(server.events) > held)
        wait_until(lambda: resume.stage is CommandStage.APPLIED)
        stop = server.stop(run, "enough")
        error = elsewhere.error()
    assert isinstance(error, dl.Stopped)
    assert (error.reason, error.cause, error.command) == ("enough", dl.Cause.OPERATOR, stop.id)


def test_a_stop_ends_the_run_as_cancelled_and_is_applied_then(client, server):
    with pytest.raises(dl.Stopped, match="enough"), begin_run(client, "q") as run:  # noqa: PT012
        server.wait_for(run)
        stop = server.stop(run, "enough")
        wait_until(lambda: stop.stage is CommandStage.ACKNOWLEDGED)
        wait_until(lambda: server.control_of(run).observed is ObservedState.CANCELLING)
        run.node("step")
        run.node("step").start()
    (ended,) = server.of("run.ended")
    assert (ended.state.value, ended.stop_reason) == ("cancelled", "stopped: operator")
    assert stop.stage is CommandStage.APPLIED
    assert not server.of("node.started")


@pytest.fixture
def stopped_run(client, server):
    run = begin_run(client, "q").start()
    server.wait_for(run)
    server.stop(run)
    wait_until(lambda: run.gate.shut)
    yield run
    run.end()


@pytest.mark.parametrize(
    "step",
    [
        lambda run: run.node("step").start(),
        lambda run: run.model_call(model="m").__enter__(),
        lambda run: run.tool("search").__enter__(),
        lambda run: run.node("sample").candidate(answer="42"),
        lambda run: run.checkpoint(),
        lambda run: run.tool("search", retries=run.node("step")).start(),
    ],
)
def test_every_step_is_a_checkpoint(stopped_run, step):
    for _ in range(2):
        with pytest.raises(dl.Stopped):
            step(stopped_run)


def test_no_except_exception_swallows_a_stop(stopped_run):
    tries = 0
    with pytest.raises(dl.Stopped):  # noqa: PT012
        for _ in range(5):
            try:
                tries += 1
                with stopped_run.model_call(model="m"):
                    pass
            except Exception:
                continue
    assert tries == 1


def test_cleaning_up_can_be_shielded_from_the_stop(stopped_run, client, server):
    with dl.shielded(), stopped_run.tool("delete_sandbox"):
        pass
    client.flush(30)
    assert [event.tool for event in server.of("node.started")] == ["delete_sandbox"]
    with pytest.raises(dl.Stopped):
        stopped_run.checkpoint()


def test_what_is_judged_or_ended_late_is_recorded_and_not_stopped(client, server):
    with pytest.raises(dl.Stopped), begin_run(client, "q") as run:  # noqa: PT012
        sample = run.node("sample").start()
        server.wait_for(run)
        server.stop(run)
        wait_until(lambda: run.gate.shut)
        sample.score(0.5)
        sample.end()
        run.finish(selected=sample)
        run.checkpoint()
    assert server.of("node.scored")
    assert server.of("answer.selected")


def test_a_run_is_not_called_paused_while_a_call_goes_on(client, server):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:
        may_end = threading.Event()

        def call():
            with run.model_call(model="m"):
                may_end.wait(30)
            run.node("step").end()

        elsewhere.do(call)
        elsewhere.do(lambda: work_on(run))
        wait_until(lambda: run.gate.waiters.calls)
        server.wait_for(run)
        pause = server.pause(run)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSING)
        time.sleep(0.1)
        assert server.control_of(run).lease.said["in_call"] is True
        assert pause.stage is CommandStage.ACKNOWLEDGED
        may_end.set()
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        server.stop(run)
        assert isinstance(elsewhere.error(), dl.Stopped)


def test_a_tool_whose_own_steps_wait_is_no_call_that_goes_on(client, server):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:

        def agent():
            with run.tool("subagent"):
                work_on(run)

        elsewhere.do(agent)
        wait_until(lambda: server.of("node.started"))
        pause = server.pause(run)
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        server.stop(run)
        elsewhere.error()


def test_a_checkpoint_within_a_call_is_part_of_it(client, server):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:

        def agent():
            with run.tool("subagent"):
                while True:
                    run.checkpoint()
                    time.sleep(0.001)

        elsewhere.do(agent)
        server.wait_for(run)
        pause = server.pause(run)
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        server.stop(run)
        elsewhere.error()


def test_two_holds_are_lifted_one_by_one(client, server):
    with begin_run(client, "q") as run, Elsewhere() as elsewhere:
        server.wait_for(run)
        server.pause(run)
        server.pause(run)
        wait_until(lambda: run.gate.shut)
        elsewhere.do(lambda: run.node("step").start())
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        first = server.resume(run)
        wait_until(lambda: first.stage is CommandStage.APPLIED)
        assert server.control_of(run).observed is ObservedState.PAUSED
        server.resume(run)
        assert elsewhere.error() is None


def test_a_pause_that_is_taken_back_before_a_checkpoint_was_never_applied(client, server):
    with begin_run(client, "q") as run:
        server.wait_for(run)
        pause = server.pause(run)
        wait_until(lambda: pause.stage is CommandStage.ACKNOWLEDGED)
        server.resume(run)
        wait_until(lambda: not run.gate.shut)
        run.node("step").end()
    assert CommandStage.APPLIED not in pause.times
    assert server.of("run.ended")[0].state.value == "completed"


def test_steering_is_handed_to_the_program_once(client, server):
    with begin_run(client, "q") as run:
        server.wait_for(run)
        steer = server.steer(run, "look left")
        server.steer(run, "then right")
        wait_until(lambda: run.gate.ear.seq == 2)
        assert steer.stage is not CommandStage.APPLIED
        run.node("step").end()
        assert run.checkpoint().messages == ("look left", "then right")
        assert run.checkpoint().messages == ()
        wait_until(lambda: steer.stage is CommandStage.APPLIED)


def test_steering_calls_the_program_back_at_its_next_step(client, server):
    said = []
    with begin_run(client, "q", on_steer=said.append) as run:
        server.wait_for(run)
        server.steer(run, "look left")
        wait_until(lambda: run.gate.shut)
        assert said == []
        run.node("step").end()
        assert said == ["look left"]
        assert not run.gate.shut


def test_steering_that_nobody_takes_is_refused_when_the_run_ends(client, server):
    with begin_run(client, "q") as run:
        server.wait_for(run)
        steer = server.steer(run, "look left")
        wait_until(lambda: steer.stage is CommandStage.ACKNOWLEDGED)
    wait_until(lambda: not steer.is_open)
    assert CommandStage.APPLIED not in steer.times


def test_a_run_within_another_gives_way_to_it(client, server):
    with begin_run(client, "outer") as outer, Elsewhere() as elsewhere:

        def work():
            with outer.node("agent"), begin_run(client, "inner") as inner:
                work_on(inner)

        elsewhere.do(work)
        wait_until(lambda: len(server.of("run.started")) == 2 and server.of("node.started"))
        pause = server.pause(outer)
        wait_until(lambda: pause.stage is CommandStage.APPLIED)
        server.stop(outer, "enough")
        error = elsewhere.error()
        assert isinstance(error, dl.Stopped)
        assert error.reason == "enough"


def test_of_two_runs_of_one_process_only_the_one_that_is_stopped_stops(client, server):
    with begin_run(client, "a") as one, Elsewhere() as elsewhere:
        with begin_run(client, "b") as other:
            elsewhere.do(lambda: work_on(other))
            server.wait_for(other)
            server.stop(other)
            assert isinstance(elsewhere.error(), dl.Stopped)
        one.node("step").end()
    states = {event.run: event.state.value for event in server.of("run.ended")}
    assert states[one.id] == "completed"
