"""Tasks inside a run are cancelled when it is to stop, and the run's end says why."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress

import pytest

import deliberation as dl
from deliberation.client import begin_run
from deliberation.control import tasks
from deliberation.vocabulary import CommandStage, ObservedState
from tests.sdk.waiting import wait_until

has_groups = pytest.mark.skipif(not hasattr(asyncio, "TaskGroup"), reason="Python 3.10")


@pytest.fixture(params=["counting", "not counting"])
def cancellations(request, monkeypatch):
    """Before Python 3.11 a task does not count how often it was cancelled."""
    if request.param == "not counting":
        monkeypatch.setattr(tasks, "_uncancel_of", lambda task: None)
        monkeypatch.setattr(tasks, "_cancels_asked", lambda task: 0)


def stop_soon(server, run, reason="enough"):
    def stop():
        server.wait_for(run)
        server.stop(run, reason)

    threading.Thread(target=stop, daemon=True).start()


def ended(server, run):
    return next(each for each in server.of("run.ended") if each.run == run.id)


def test_it_works(client, server, cancellations):
    async def work():
        async with begin_run(client, "q") as run, run.node("agent"), run.model_call(model="m"):
            stop_soon(server, run)
            await asyncio.sleep(30)

    before = time.monotonic()
    with pytest.raises(dl.Stopped, match="enough"):
        asyncio.run(work())
    assert time.monotonic() - before < 25
    assert server.of("run.ended")[0].state.value == "cancelled"
    assert {event.status.value for event in server.of("node.ended")} == {"cancelled"}


def test_pausing_holds_the_task_and_not_the_loop(client, server):
    ticks = 0

    async def watch():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    async def work():
        async with begin_run(client, "q") as run:
            watcher = asyncio.create_task(watch())
            await asyncio.to_thread(server.wait_for, run)
            pause = server.pause(run)
            await asyncio.to_thread(wait_until, lambda: run.gate.shut)
            steps = asyncio.create_task(steps_of(run))
            await asyncio.to_thread(wait_until, lambda: pause.stage is CommandStage.APPLIED)
            before = ticks
            await asyncio.sleep(0.1)
            assert ticks > before
            assert not steps.done()
            server.resume(run)
            assert await steps == 3
            watcher.cancel()

    async def steps_of(run):
        for _ in range(3):
            async with run.node("step"):
                pass
        return 3

    asyncio.run(work())
    assert server.of("run.ended")[0].state.value == "completed"


def test_a_stop_ends_a_pause(client, server):
    async def work():
        async with begin_run(client, "q") as run:
            await asyncio.to_thread(server.wait_for, run)
            server.pause(run)
            await asyncio.to_thread(wait_until, lambda: run.gate.shut)
            asyncio.get_running_loop().call_later(0.1, server.stop, run)
            await run.acheckpoint()

    with pytest.raises(dl.Stopped):
        asyncio.run(work())


def test_gathered_tasks_end_with_the_run(client, server, cancellations):
    ends = []

    async def sample(run, rank):
        try:
            async with run.node("sample", rank=rank):
                await asyncio.sleep(30)
        finally:
            ends.append(rank)

    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            await asyncio.gather(*(sample(run, rank) for rank in range(5)))

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
    assert sorted(ends) == list(range(5))


def test_a_task_that_nobody_awaits_ends_too(client, server, cancellations):
    async def alone(run):
        async with run.node("sample"):
            await asyncio.sleep(30)

    async def work():
        async with begin_run(client, "q") as run:
            task = asyncio.create_task(alone(run))
            await asyncio.sleep(0.01)
            stop_soon(server, run)
            await asyncio.wait([task])
            await run.acheckpoint()

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
    client.flush(30)
    assert server.of("node.ended")[0].status.value == "cancelled"


@has_groups
def test_a_task_group_ends_in_one_stop(client, server):
    async def sample(run, rank):
        async with run.node("sample", rank=rank):
            await asyncio.sleep(30)

    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            async with asyncio.TaskGroup() as group:
                for rank in range(3):
                    group.create_task(sample(run, rank))

    with pytest.raises(dl.Stopped):
        asyncio.run(work())


@has_groups
def test_a_stop_at_the_gate_of_a_grouped_task_is_one_stop_outside(client, server):
    async def steps(run):
        while True:
            async with run.node("step"):
                time.sleep(0.01)  # never awaits: only the gate can stop it
            await asyncio.sleep(0)

    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            async with asyncio.TaskGroup() as group:
                group.create_task(steps(run))
                group.create_task(steps(run))

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
    assert server.of("run.ended")[0].state.value == "cancelled"


def test_the_inner_of_two_runs_is_stopped_alone(client, server, cancellations):
    async def work():
        async with begin_run(client, "outer") as outer:
            with pytest.raises(dl.Stopped):  # noqa: PT012
                async with begin_run(client, "inner") as inner:
                    stop_soon(server, inner)
                    await asyncio.sleep(30)
            async with outer.node("step"):
                await asyncio.sleep(0.01)
        return outer, inner

    outer, inner = asyncio.run(work())
    assert ended(server, inner).state.value == "cancelled"
    assert ended(server, outer).state.value == "completed"


def test_the_outer_of_two_runs_takes_the_inner_with_it(client, server):
    runs = []

    async def work():
        async with begin_run(client, "outer") as outer, begin_run(client, "inner") as inner:
            runs.extend([outer, inner])
            stop_soon(server, outer)
            await asyncio.sleep(30)

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
    assert [ended(server, run).state.value for run in runs] == ["cancelled", "cancelled"]


def test_a_task_that_swallows_its_cancellation_is_stopped_at_the_next_step(client, server):
    async def work():
        async with begin_run(client, "q") as run, run.node("agent"):
            stop_soon(server, run)
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(30)
            async with run.node("thought"):
                pass

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
    assert {event.node_kind.value for event in server.of("node.started")} == {"agent"}


def test_a_task_that_swallows_its_cancellation_is_cancelled_again(
    client, server, monkeypatch, cancellations
):
    monkeypatch.setattr(tasks, "AGAIN_SECONDS", 0.2)

    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(30)
            await asyncio.sleep(30)

    with pytest.raises(dl.Stopped):
        asyncio.run(work())


def test_cleaning_up_under_a_shield_is_not_cancelled(client, server, monkeypatch):
    monkeypatch.setattr(tasks, "AGAIN_SECONDS", 0.05)
    done = []

    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                with dl.shielded():
                    async with run.tool("delete_sandbox"):
                        await asyncio.sleep(0.3)
                        done.append(1)
                raise

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
    assert done == [1]
    assert server.of("node.ended")[0].status.value == "ok"


@has_groups
def test_a_cancellation_by_somebody_else_goes_on_as_it_is(client, server):
    async def work():
        async with begin_run(client, "q") as run:
            server.wait_for(run)
            server.stop(run)
            wait_until(lambda: run.gate.shut)
            asyncio.current_task().cancel()
            await asyncio.sleep(30)

    async def outside():
        task = asyncio.create_task(work())
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(outside())
    assert server.of("run.ended")[0].state.value == "cancelled"


@has_groups
def test_a_stop_leaves_no_cancellation_behind(client, server):
    async def work():
        with pytest.raises(dl.Stopped):  # noqa: PT012
            async with begin_run(client, "q") as run:
                stop_soon(server, run)
                await asyncio.sleep(30)
        assert asyncio.current_task().cancelling() == 0
        async with asyncio.timeout(30):
            await asyncio.sleep(0.01)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.sleep(5)

    asyncio.run(work())


@has_groups
def test_a_run_inside_a_timeout_is_stopped_and_not_timed_out(client, server):
    async def work():
        async with asyncio.timeout(20), begin_run(client, "q") as run, asyncio.timeout(20):
            stop_soon(server, run)
            await asyncio.sleep(30)

    with pytest.raises(dl.Stopped):
        asyncio.run(work())


def test_a_run_around_a_loop_is_stopped_through_it(client, server):
    async def work(run):
        async with run.node("agent"):
            await asyncio.sleep(30)

    with pytest.raises(dl.Stopped), begin_run(client, "q") as run:  # noqa: PT012
        stop_soon(server, run)
        asyncio.run(work(run))
    assert server.of("run.ended")[0].state.value == "cancelled"


def test_an_error_while_stopping_is_the_programs_own(client, server):
    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                raise ValueError("no receipt") from None

    with pytest.raises(ValueError, match="no receipt"):
        asyncio.run(work())
    assert server.of("run.ended")[0].state.value == "failed"


def test_steering_may_call_back_with_a_coroutine(client, server):
    said = []

    async def on_steer(message):
        await asyncio.sleep(0)
        said.append(message)

    async def work():
        async with begin_run(client, "q", on_steer=on_steer) as run:
            await asyncio.to_thread(server.wait_for, run)
            server.steer(run, "look left")
            await asyncio.to_thread(wait_until, lambda: run.gate.shut)
            async with run.node("step"):
                assert said == ["look left"]

    asyncio.run(work())


def test_a_synchronous_call_in_a_task_cannot_be_cut_and_the_server_is_told_so(client, server):
    async def work():
        async with begin_run(client, "q") as run:
            stop_soon(server, run)
            with run.model_call(model="m"):
                wait_until(lambda: run.gate.shut)
                wait_until(lambda: server.control_of(run).observed is ObservedState.CANCELLING)
                assert server.control_of(run).lease.said["in_call"] is True
            await asyncio.sleep(30)

    with pytest.raises(dl.Stopped):
        asyncio.run(work())
