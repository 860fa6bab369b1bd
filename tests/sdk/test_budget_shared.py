"""One budget for several processes: each reserves at the server before it spends."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

import deliberation as dl
from deliberation.client import Client, Settings, begin_run, join_run
from tests.sdk.programs import start
from tests.sdk.waiting import Elsewhere, wait_until


def call(run, **said):
    with run.model_call(model="m") as step:
        step.finish(**said)


def shared(client, **budget):
    return begin_run(client, "q", budget=budget, shared=True)


def kept(server, run):
    return server.control_of(run).reservations


@pytest.fixture
def others(make_client):
    """Return clients that stand for other processes: each has a name of its own."""
    return [make_client(spool=None) for _ in range(3)]


def test_it_works(client, others, server):
    begun = []

    def work(part):
        with part.node("agent"):
            while True:
                call(part)
                begun.append(1)

    with shared(client, model_calls=20) as run, Elsewhere() as elsewhere:
        for other in others:

            def take_part(other=other):
                with join_run(other, run.id) as part:
                    work(part)

            elsewhere.do(take_part)
        with pytest.raises(dl.LimitExceeded, match="20 of 20 model calls"):
            work(run)
        assert isinstance(elsewhere.error(), dl.LimitExceeded)
    assert len(begun) == 20
    assert kept(server, run).spent == {dl.Dimension.MODEL_CALLS: 20}
    started = [event for event in server.of("node.started") if event.node_kind == "model_call"]
    assert {event.run for event in started} == {run.id}
    assert len(server.of("run.started")) == len(server.of("run.ended")) == 1


def test_64_threads_of_four_processes_never_begin_one_call_too_many(client, others, server):
    begun = []

    def work(part):
        with part.model_call(model="m"):
            begun.append(1)
            time.sleep(0.002)

    def take_part(other):
        with join_run(other, run) as part, ThreadPoolExecutor(16) as pool:
            done = [pool.submit(work, part) for _ in range(20)]
            return [each.exception() for each in done]

    with shared(client, model_calls=50) as run, ThreadPoolExecutor(4) as pool:
        found = [pool.submit(take_part, other) for other in others]
        errors = [error for each in found for error in each.result() if error is not None]
    assert len(begun) == 50
    assert len(errors) == 10
    assert all(isinstance(error, dl.LimitExceeded) for error in errors)


def test_what_is_reserved_never_exceeds_the_limit_and_costs_overshoot_by_little(
    client, others, server
):
    def work(part):
        while True:
            with part.model_call(model="m") as step:
                time.sleep(0.002)
                step.finish(cost="0.01")

    def take_part(other):
        with join_run(other, run) as part, ThreadPoolExecutor(8) as pool:
            done = [pool.submit(work, part) for _ in range(8)]
            return [each.exception() for each in done]

    with shared(client, usd="0.5") as run, ThreadPoolExecutor(4) as pool:
        found = [pool.submit(take_part, other) for other in others]
        assert all(isinstance(e, dl.LimitExceeded) for each in found for e in each.result())
    known = kept(server, run)
    assert Decimal("0.45") <= known.spent[dl.Dimension.USD] <= Decimal("0.51")
    assert known.most_reserved[dl.Dimension.USD] <= Decimal("0.5")


def test_what_failed_gives_back_what_it_reserved(client, server):
    with shared(client, tokens=100) as run:
        for _ in range(3):
            with (
                pytest.raises(ConnectionError),
                run.model_call(model="m", reserve={"tokens": 100}),
            ):
                raise ConnectionError
        call(run, usage=dl.Usage(input=90, output=10))
    assert kept(server, run).spent[dl.Dimension.TOKENS] == 100


def test_output_is_clamped_to_what_all_processes_left(client, others, server):
    with shared(client, tokens=100) as run, join_run(others[0], run) as part:
        call(part, usage=dl.Usage(input=60, output=10))
        wait_until(lambda: kept(server, run).spent)
        with run.model_call(model="m", input="a" * 40, max_tokens=50) as step:
            assert step.max_tokens == 20


def test_a_call_within_a_call_does_not_wait_for_it(client, server):
    with (
        shared(client, usd="1") as run,
        run.model_call(model="outer") as outer,
        run.model_call(model="inner") as inner,
    ):
        inner.finish(cost="0.4")
        outer.finish(cost="0.2")
    assert kept(server, run).spent[dl.Dimension.USD] == Decimal("0.6")


def test_what_the_program_let_go_of_is_given_back(client, server):
    with shared(client, usd="1") as run, Elsewhere() as elsewhere:
        forgotten = [run.model_call(model="m").start()]
        elsewhere.do(lambda: call(run, cost="0.1"))
        time.sleep(0.2)
        assert elsewhere.is_busy
        forgotten.clear()
        gc.collect()
        assert elsewhere.error() is None


def test_tasks_wait_for_other_processes_without_holding_up_the_loop(client, others, server):
    async def main(run):
        async with join_run(others[0], run.id) as part:

            async def tick():
                while True:
                    ticks.append(1)
                    await asyncio.sleep(0.01)

            ticking = asyncio.create_task(tick())
            async with part.model_call(model="m", reserve={"tokens": 60}):
                pass
            ticking.cancel()

    ticks = []
    with shared(client, tokens=100) as run, Elsewhere() as elsewhere:
        with run.model_call(model="m", reserve={"tokens": 60}) as step:
            elsewhere.do(lambda: asyncio.run(main(run)))
            wait_until(lambda: len(ticks) > 20)
            assert elsewhere.is_busy
            step.finish(usage=dl.Usage(input=5, output=5))
        assert elsewhere.error() is None


def test_a_joined_process_hangs_its_nodes_where_it_is_told(client, others, server):
    with shared(client) as run, run.node("agent") as agent:
        wait_until(lambda: server.of("node.started"))
        with join_run(others[0], run.id, parent=agent) as part, part.node("step") as step:
            part.node("thought", parent=step).end()
    others[0].flush(30)
    parents = {event.node: event.parent for event in server.of("node.started")}
    assert parents[step.id] == agent.id
    assert step.id in parents.values()


def test_a_joined_process_holds_no_lease_and_ends_no_run(client, others, server):
    with shared(client) as run:
        server.wait_for(run)
        with join_run(others[0], run.id) as part:
            part.node("step").end()
        assert server.control_of(run).attempts == 1
        assert not server.of("run.ended")


def test_a_joined_process_gives_way_to_the_run(client, others, server):
    with shared(client) as run, Elsewhere() as elsewhere:
        server.wait_for(run)

        def take_part():
            with join_run(others[0], run.id) as part:
                while True:
                    part.node("step").end()
                    time.sleep(0.001)

        elsewhere.do(take_part)
        wait_until(lambda: server.of("node.started"))
        server.stop(run, "enough")
        error = elsewhere.error()
        assert isinstance(error, dl.Stopped)
        assert error.reason == "enough"


def test_nothing_is_spent_any_more_in_a_run_that_has_ended(client, others, server):
    with shared(client, model_calls=5) as run, Elsewhere() as elsewhere:
        may_go_on = threading.Event()

        def take_part():
            with join_run(others[0], run.id) as part:
                call(part)
                may_go_on.wait(30)
                call(part)

        elsewhere.do(take_part)
        wait_until(lambda: kept(server, run).spent)
        run.end()
        client.flush(30)
        may_go_on.set()
        error = elsewhere.error()
        assert isinstance(error, dl.Stopped)
        assert error.cause is dl.Cause.OPERATOR


def test_a_limit_that_pauses_holds_all_processes(client, others, server):
    budget = dl.Budget(model_calls=4, on_hit="pause")
    with begin_run(client, "q", budget=budget, shared=True) as run, Elsewhere() as elsewhere:

        def take_part():
            with join_run(others[0], run.id) as part:
                for _ in range(6):
                    call(part)

        elsewhere.do(take_part)
        wait_until(lambda: server.control_of(run).holds)
        # The hold and what a call came to are told by two threads.
        wait_until(lambda: kept(server, run).spent[dl.Dimension.MODEL_CALLS] == 4)
        server.raise_budget(run, model_calls="6")
        assert elsewhere.error() is None


def test_a_server_that_is_away_ends_a_shared_run(client, server, monkeypatch):
    monkeypatch.setattr("deliberation.client.bookings.TRY_SECONDS", 0.3)
    with shared(client, model_calls=5) as run:
        call(run)
        server.go_away()
        with pytest.raises(dl.LimitExceeded, match="cannot be reached"):
            call(run)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_answers_for_a_server_that_is_away_ends_a_shared_run(
    client, server, monkeypatch, status
):
    monkeypatch.setattr("deliberation.client.bookings.TRY_SECONDS", 0.3)
    with shared(client, model_calls=5) as run:
        call(run)
        answer = server.answer
        away = (status, {}, {"title": "away"})
        monkeypatch.setattr(
            server, "answer", lambda asked: away if "/reservations" in asked.path else answer(asked)
        )
        with pytest.raises(dl.LimitExceeded, match="cannot be reached"):
            call(run)


def test_a_shared_run_begins_when_the_server_knows_its_limits(client, server):
    with shared(client, model_calls=5) as run:
        (line,) = server.control_of(run).budgets.lines.values()
        assert line.limit.hard == 5
        assert all(account.is_told for account in run.gate.meter.limited)


def test_a_shared_run_whose_limits_the_server_never_learns_ends(client, server, monkeypatch):
    monkeypatch.setattr(sys.modules["deliberation.client.run"], "FIRST_WORD_SECONDS", 0.3)
    server.go_away()
    with pytest.raises(dl.LimitExceeded, match="cannot be reached"), shared(client, usd="1") as run:
        run.node("step").end()
    assert client.stats().made == 2, "its begin and its end"


def test_nobody_joins_a_run_that_the_server_does_not_answer_for(others, server, monkeypatch):
    monkeypatch.setattr("deliberation.client.joined.FIRST_WORD_SECONDS", 0.3)
    server.go_away()
    part = join_run(others[0], "01890000-0000-7000-8000-000000000000")
    with pytest.raises(dl.LimitExceeded, match="cannot be reached"), part:
        pass


def test_without_a_server_there_is_one_process(client):
    nobody = Client(Settings())
    with shared(nobody, model_calls=1) as run:
        with join_run(nobody, run.id) as part:
            part.node("step").end()
        call(run)
        with pytest.raises(dl.LimitExceeded):
            call(run)


def test_only_an_id_can_be_joined(client):
    with pytest.raises(ValueError):
        join_run(client, "mine")


def test_what_a_process_that_died_had_reserved_comes_back_with_its_lease(client, server, tmp_path):
    server.controls.lease_seconds = 1.0
    with shared(client, tokens=100) as run:
        script = f"""
        with dl.join({run.id!r}) as part:
            part.model_call(model="m", reserve={{"tokens": 100}}).start()
            print("begun", flush=True)
            time.sleep(60)
        """
        with start(script, server, tmp_path / "other") as other:
            assert other.stdout.readline() == "begun\n"
            other.kill()
        began = time.monotonic()
        with run.model_call(model="m", reserve={"tokens": 100}):
            assert time.monotonic() - began < 30


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process")
def test_a_forked_child_spends_from_the_same_budget(client, server):
    with shared(client, model_calls=3) as run:
        call(run)
        child = os.fork()
        if not child:
            _be_a_child(run)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        call(run)
        with pytest.raises(dl.LimitExceeded):
            call(run)


def _be_a_child(run):
    try:
        call(run)
        run._let_go()
        os._exit(0)
    except BaseException:
        os._exit(1)
