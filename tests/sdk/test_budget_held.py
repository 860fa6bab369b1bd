"""Limits that wait for a person, limits that change, and a server that is away."""

# ruff: noqa: PT012 - which step of a run meets its limit is what is tested

from __future__ import annotations

import asyncio
import os
import threading
import time
from decimal import Decimal

import pytest

import deliberation as dl
from deliberation.client import begin_run
from deliberation.vocabulary import ObservedState
from tests.sdk.waiting import Elsewhere, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:This process")


def call(run, **said):
    with run.model_call(model="m") as step:
        step.finish(**said)


def call_for_ever(run):
    while True:
        call(run)
        time.sleep(0.001)


def line_of(server, run, dimension="model_calls"):
    return server.control_of(run).budgets.lines[dl.Dimension(dimension)]


def spent(run, dimension="model_calls"):
    return run.gate.meter.account(dl.Dimension(dimension)).spent


def test_it_works(client, server):
    budget = dl.Budget(model_calls=2, on_hit="pause")
    with begin_run(client, "q", budget=budget) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: call_for_ever(run))
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        (hold,) = server.control_of(run).holds
        assert (hold.id, hold.reason) == ("budget:model_calls:hard:1", "model_calls: 2 of 2 spent")
        assert spent(run) == 2
        server.raise_budget(run, "a little more", model_calls="4")
        wait_until(lambda: len(server.control_of(run).holds) == 1 and spent(run) == 4)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        server.stop(run)
        assert isinstance(elsewhere.error(), dl.Stopped)
    client.flush(30)
    hits = [(hit.spent, hit.limit, hit.version) for hit in server.of("budget.hit")]
    assert hits == [(2, 2, 1), (4, 4, 2)]


def test_whoever_lifts_a_pause_without_raising_lets_the_run_go_on(client, server):
    budget = dl.Budget(model_calls=2, on_hit="pause")
    with begin_run(client, "q", budget=budget) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: [call(run) for _ in range(5)])
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        server.resume(run, "I have seen it")
        assert elsewhere.error() is None
    client.flush(30)
    assert len(server.of("budget.hit")) == 1
    assert server.of("run.ended")[0].state is ObservedState.COMPLETED


async def work(run, times=1):
    for _ in range(times):
        async with run.model_call(model="m"):
            pass


def test_a_task_that_waits_holds_up_no_other(client, server):
    async def main():
        budget = dl.Budget(model_calls=1, on_hit="pause")
        async with begin_run(client, "q", budget=budget) as run:
            task = asyncio.create_task(work(run, 3))
            await asyncio.to_thread(
                wait_until, lambda: server.control_of(run).observed is ObservedState.PAUSED
            )
            server.resume(run)
            await asyncio.wait_for(task, 30)

    asyncio.run(main())


def test_a_soft_limit_may_pause(client, server):
    budget = dl.Budget(usd=10, soft={"usd": 1}, on_soft="pause")
    with begin_run(client, "q", budget=budget) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: [call(run, cost="0.7") for _ in range(4)])
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        assert spent(run, "usd") == Decimal("0.7")
        server.resume(run)
        assert elsewhere.error() is None


def test_a_pause_that_the_server_never_takes_in_ends_the_run(client, server, monkeypatch):
    monkeypatch.setattr("deliberation.client.toll.CONFIRM_SECONDS", 0.3)
    budget = dl.Budget(model_calls=1, on_hit="pause")
    with pytest.raises(dl.LimitExceeded), begin_run(client, "q", budget=budget) as run:
        call(run)
        server.fail_next(503, times=1000)
        call(run)


def asking(client, server, **more):
    return begin_run(client, "q", budget=dl.Budget(model_calls=2, on_hit="ask", **more))


def test_a_person_who_agrees_gives_as_much_again(client, server):
    with asking(client, server) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: [call(run) for _ in range(4)])
        wait_until(lambda: ObservedState.AWAITING_APPROVAL in server.control_of(run).states)
        approval = server.approve(run)
        assert elsewhere.error() is None
        assert approval.action.tool == "deliberation.raise_budget"
        assert approval.action.arguments == (
            '{"dimension":"model_calls","hard":"4","reason":"2 of 2 model calls spent (hard limit)",'
            '"spent":"2","was":"2"}'
        )
        elsewhere.do(lambda: call(run))
        second = server.approve(run)
        assert elsewhere.error() is None
        assert '"hard":"8"' in second.action.arguments


def test_a_person_may_give_another_amount(client, server):
    with asking(client, server) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: [call(run) for _ in range(3)])
        server.modify(run, {"dimension": "model_calls", "hard": "3"})
        assert elsewhere.error() is None
        assert (line_of(server, run).limit.hard, line_of(server, run).version) == (3, 2)


def test_a_person_who_refuses_ends_the_run_at_its_limit(client, server):
    with (
        pytest.raises(dl.LimitExceeded, match="not a cent more"),
        asking(client, server) as run,
        Elsewhere() as elsewhere,
    ):
        elsewhere.do(lambda: call_for_ever(run))
        server.reject(run, "not a cent more")
        raise elsewhere.error()
    assert server.of("run.ended")[0].state is ObservedState.LIMIT_EXCEEDED
    assert len(server.of("node.started")) == 2


def test_a_person_may_end_the_run(client, server):
    with pytest.raises(dl.Stopped), asking(client, server) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: call_for_ever(run))
        server.terminate(run, "enough")
        raise elsewhere.error()
    assert server.of("run.ended")[0].state is ObservedState.REJECTED


def test_nobody_is_asked_twice_about_one_limit(client, server):
    with asking(client, server) as run, Elsewhere() as elsewhere:
        for _ in range(4):
            elsewhere.do(lambda: call(run))
        server.approve(run)
        assert elsewhere.error() is None
        assert len(server.control_of(run).approvals._known) == 1
        assert spent(run) == 4


def test_tasks_ask_a_person_too(client, server):
    async def main():
        async with asking(client, server) as run:
            tasks = [asyncio.create_task(work(run)) for _ in range(4)]
            await asyncio.to_thread(server.approve, run)
            await asyncio.wait_for(asyncio.gather(*tasks), 30)

    asyncio.run(main())


def test_a_soft_limit_that_somebody_agreed_to_is_not_asked_about_again(client, server):
    budget = dl.Budget(usd=10, soft={"usd": 1}, on_soft="ask")
    with begin_run(client, "q", budget=budget) as run, Elsewhere() as elsewhere:
        elsewhere.do(lambda: [call(run, cost="0.6") for _ in range(4)])
        server.approve(run)
        assert elsewhere.error() is None


def test_a_policy_is_the_tighter_of_both(client, server):
    with begin_run(client, "q", budget={"model_calls": 5, "tool_calls": 1}) as run:
        server.wait_for(run)
        server.set_budget(run, "model_calls", hard="3")
        server.set_budget(run, "tool_calls", hard="9")
        wait_until(lambda: len(run.gate.meter.limited) == 2 and run.gate.ear.seq >= 3)
        with pytest.raises(dl.LimitExceeded, match="3 of 3 model calls"):
            call_for_ever(run)
        limits = {each.dimension.value: each.limit.hard for each in run.gate.meter.limited}
        assert limits == {"model_calls": 3, "tool_calls": 1}


def test_a_limit_that_comes_later_counts_from_the_begin_of_the_run(client, server):
    with begin_run(client, "q") as run:
        for _ in range(4):
            call(run, usage=dl.Usage(input=10, output=1))
        server.wait_for(run)
        server.set_budget(run, "tokens", hard="45")
        wait_until(lambda: run.gate.meter.limited)
        with pytest.raises(dl.LimitExceeded, match="44 of 45 tokens"):
            call(run)


def test_a_limit_that_is_raised_while_a_call_waits_for_others_lets_it_go_on(client, server):
    with begin_run(client, "q", budget={"tokens": 100}) as run, Elsewhere() as elsewhere:
        server.wait_for(run)
        other = run.model_call(model="m", reserve={"tokens": 80}).start()
        elsewhere.do(lambda: run.model_call(model="m", reserve={"tokens": 80}).end())
        time.sleep(0.1)
        assert elsewhere.is_busy
        server.raise_budget(run, tokens="200")
        assert elsewhere.error() is None
        other.end()


def test_a_stop_of_the_server_for_its_budget_is_a_limit(client, server):
    with pytest.raises(dl.LimitExceeded, match="too much"), begin_run(client, "q") as run:
        server.wait_for(run)
        server.overspent(run, "too much was recorded")
        wait_until(lambda: run.gate.shut)
        run.checkpoint()
    assert server.of("run.ended")[0].state is ObservedState.LIMIT_EXCEEDED


def test_what_only_the_server_can_price_counts_when_it_has_recorded_it(client, server, caplog):
    with begin_run(client, "q", budget={"usd": "1"}) as run:
        server.wait_for(run)
        for _ in range(2):
            call(run, usage=dl.Usage(input=5, output=5))
        assert caplog.text.count("do not say what they cost") == 1
        server.control_of(run).budgets.recorded[dl.Dimension.USD] = Decimal("1.2")
        server.steer(run, "hear this")
        with pytest.raises(dl.LimitExceeded, match=r"\$1.2 of \$1 spent"):
            wait_until(lambda: spent(run, "usd") > 1)
            run.checkpoint()


def test_a_second_process_of_a_run_counts_what_the_first_had_spent(make_client, server):
    with pytest.raises(KeyboardInterrupt):
        first = begin_run(make_client(), "q", budget={"model_calls": 3}).start()
        call(first)
        call(first)
        first.recorder.client.flush(30)
        raise KeyboardInterrupt
    again = begin_run(make_client(), "q", budget={"model_calls": 3}, run_id=first.id).start()
    wait_until(lambda: spent(again) == 2)
    call(again)
    with pytest.raises(dl.LimitExceeded):
        call(again)


def test_what_is_spent_and_reserved_is_said_before_the_next_heartbeat(client, server, monkeypatch):
    for each in ("client.talk", "fake.controlled"):
        monkeypatch.setattr(f"deliberation.{each}.HEARTBEAT_SECONDS", 600.0)
    server.controls.lease_seconds = 3600.0
    with begin_run(client, "q", budget={"tokens": 100, "usd": 1}) as run:
        server.wait_for(run)
        call(run, usage=dl.Usage(input=5, output=5), cost="0.2")
        with run.model_call(model="m", reserve={"tokens": 40, "usd": "0.1"}):
            spent, reserved = {"tokens": "10", "usd": "0.2"}, {"tokens": "40", "usd": "0.1"}
            wait_until(lambda: said(server, run) == (spent, reserved))


def said(server, run):
    lease = server.control_of(run).lease
    return lease.said.get("spent"), lease.said.get("reserved")


def test_many_changes_ring_at_most_twice_a_second(client, server):
    with begin_run(client, "q", budget={"model_calls": 10**9}) as run:
        server.wait_for(run)
        time.sleep(0.1)
        before, began = beats(server), time.monotonic()
        # The server of this test shares its interpreter with the loop: a second may pass between two beats.
        while beats(server) - before < 3 and time.monotonic() - began < 30:
            call(run)
        seconds = time.monotonic() - began
        assert 3 <= beats(server) - before <= 2 + 2 * seconds


def beats(server):
    return len([each for each in server.requests if each.path == "/v1/control"])


def test_without_the_server_limits_hold_and_nobody_is_waited_for(client, server):
    budget = dl.Budget(model_calls=3, on_hit="stop")
    with begin_run(client, "q", budget=budget) as run:
        server.go_away()
        with pytest.raises(dl.LimitExceeded, match="3 of 3"):
            call_for_ever(run)


def test_a_run_that_cannot_ask_stops(client, server, monkeypatch):
    monkeypatch.setattr("deliberation.client.inquiry.TRY_SECONDS", 0.2)
    with asking(client, server) as run:
        server.wait_for(run)
        server.go_away()
        with pytest.raises(dl.LimitExceeded, match="2 of 2 model calls spent"):
            call_for_ever(run)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_goes_on_counting_from_where_it_was_forked(client, server):
    with begin_run(client, "q", budget={"model_calls": 3, "usd": 5}) as run:
        call(run)
        gone = threading.Event()
        with Elsewhere() as elsewhere:

            def hold():
                with run.model_call(model="m"):
                    gone.wait(30)

            elsewhere.do(hold)
            wait_until(lambda: spent(run) == 2)
            # Else the parent may hear in time that the child has spent what was left.
            server.go_away()
            child = os.fork()
            if not child:
                _be_a_child(run)
            _, status = os.waitpid(child, 0)
            server.start()
            gone.set()
        assert os.waitstatus_to_exitcode(status) == 0
        call(run)


def _be_a_child(run):
    """One call is left, and nobody here holds what the parent's thread has reserved."""
    try:
        call(run)
        call(run)
    except dl.LimitExceeded:
        os._exit(0)
    os._exit(1)
