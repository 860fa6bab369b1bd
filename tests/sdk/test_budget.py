"""A budget holds before anything is spent, in one process, with a server or without."""

# ruff: noqa: PT012 - which step of a run meets its limit is what is tested

from __future__ import annotations

import threading
import time
from decimal import Decimal

import pytest

import deliberation as dl
from deliberation.client import Client, Settings, begin_run
from deliberation.vocabulary import ObservedState
from tests.sdk.waiting import Elsewhere, wait_until


@pytest.fixture(params=["with a server", "without"])
def anywhere(request, client):
    """Return a client that reports, and one that does not."""
    return client if request.param == "with a server" else Client(Settings())


def call(run, **said):
    with run.model_call(model="m") as step:
        step.finish(**said)
    return step


def test_it_works(anywhere):
    calls = 0
    with (
        pytest.raises(dl.LimitExceeded, match="3 of 3 model calls spent"),
        begin_run(anywhere, "q", budget={"model_calls": 3}) as run,
    ):
        while True:
            call(run)
            calls += 1
    assert calls == 3
    assert run.gate.state is ObservedState.LIMIT_EXCEEDED


def test_a_run_says_what_it_met_and_how_it_ended(client, server):
    with (
        pytest.raises(dl.LimitExceeded),
        begin_run(client, "q", budget=dl.Budget(tool_calls=2, soft={"tool_calls": 2})) as run,
    ):
        while True:
            run.tool("look").end()
    (started,) = server.of("run.started")
    assert (started.budgets, started.soft_budgets) == ({"tool_calls": "2"}, {"tool_calls": "2"})
    soft, hard = server.of("budget.hit")
    assert (soft.which.value, soft.action.value, soft.spent, soft.version) == ("soft", "warn", 1, 1)
    assert (hard.which.value, hard.action.value, hard.spent, hard.limit) == ("hard", "stop", 2, 2)
    assert hard.basis.value == "runner"
    (ended,) = server.of("run.ended")
    assert (ended.state.value, ended.stop_reason) == ("limit_exceeded", "stopped: limit")


@pytest.mark.parametrize(
    ("dimension", "step"),
    [
        ("model_calls", lambda run: run.model_call(model="m").end()),
        ("tool_calls", lambda run: run.tool("look").end()),
        ("samples", lambda run: run.node("sample").end()),
        ("samples", lambda run: run.node("sample").candidate(answer="42")),
        ("samples", lambda run: run.node("thought", parent=run.node("sample")).end()),
    ],
)
def test_what_is_counted_is_counted_when_it_begins(anywhere, dimension, step):
    begun = 0
    with (
        pytest.raises(dl.LimitExceeded),
        begin_run(anywhere, "q", budget={dimension: 2}) as run,
    ):
        run.node("plan").end()
        while True:
            step(run)
            begun += 1
    assert begun == 2


def test_a_call_that_failed_was_made(anywhere):
    with begin_run(anywhere, "q", budget={"model_calls": 1}) as run:
        with pytest.raises(ConnectionError), run.model_call(model="m"):
            raise ConnectionError
        with pytest.raises(dl.LimitExceeded):
            run.model_call(model="m").start()


def test_tokens_are_counted_by_what_the_call_says(anywhere):
    with begin_run(anywhere, "q", budget={"tokens": 100, "reasoning_tokens": 60}) as run:
        call(run, usage=dl.Usage(input=30, output=20, reasoning=10))
        call(run, usage=dl.Usage(input=30, output=19, reasoning=10))
        with pytest.raises(dl.LimitExceeded, match="99 of 100 tokens spent"):
            call(run, usage=dl.Usage(input=30, output=20))


def test_a_call_that_failed_and_says_nothing_gives_back_what_it_reserved(anywhere):
    with begin_run(anywhere, "q", budget={"tokens": 100, "usd": "0.10"}) as run:
        for _ in range(5):
            with (
                pytest.raises(ConnectionError),
                run.model_call(model="m", reserve={"tokens": 100, "usd": "0.10"}),
            ):
                raise ConnectionError
        call(run, usage=dl.Usage(input=99, output=0), cost="0.01")


def test_a_call_that_failed_and_says_what_it_took_has_taken_it(anywhere):
    with begin_run(anywhere, "q", budget={"usd": "0.10"}) as run:
        with pytest.raises(ConnectionError), run.model_call(model="m") as step:
            step.finish(cost="0.10")
            raise ConnectionError
        with pytest.raises(dl.LimitExceeded, match=r"\$0.1 of \$0.1 spent"):
            run.model_call(model="m").start()


def test_a_stated_size_that_does_not_fit_is_not_begun(anywhere):
    with begin_run(anywhere, "q", budget={"tokens": 100}) as run:
        with pytest.raises(dl.LimitExceeded):
            run.model_call(model="m", reserve=dl.Usage(input=60, output=41)).start()
        assert run.gate.meter.account(dl.Dimension.TOKENS).spent == 0


def test_output_is_clamped_to_what_is_left(anywhere):
    with begin_run(anywhere, "q", budget={"tokens": 100}) as run:
        with run.model_call(model="m", input="a" * 80, max_tokens=50) as first:
            first.finish(usage=dl.Usage(input=20, output=50))
        with run.model_call(model="m", input="a" * 80, max_tokens=50) as second:
            second.finish(usage=dl.Usage(input=20, output=9))
        assert (first.max_tokens, second.max_tokens) == (50, 10)
        with pytest.raises(dl.LimitExceeded):
            run.model_call(model="m", input="a" * 80, max_tokens=50).start()


def test_output_is_clamped_by_dollars_where_the_price_is_known(anywhere):
    pytest.importorskip("genai_prices")
    with begin_run(anywhere, "q", budget={"usd": "0.0007"}) as run:
        asked = {"model": "gpt-4o-mini", "provider": "openai", "max_tokens": 2000}
        with run.model_call(**asked, input="a" * 400) as step:
            assert 1000 < step.max_tokens < 1200
            step.finish(usage=dl.Usage(input=100, output=step.max_tokens))
        with pytest.raises(dl.LimitExceeded):
            run.model_call(**asked, input="a" * 400).start()


def test_what_was_asked_for_is_passed_on_where_nothing_is_limited(anywhere):
    with begin_run(anywhere, "q") as run, run.model_call(model="m", max_tokens=50) as step:
        assert step.max_tokens == 50


@pytest.mark.parametrize("bad", [{"max_tokens": "many"}, {"reserve": 5}, {"reserve": {"usd": "x"}}])
def test_a_size_that_is_none_never_raises(client, bad):
    with begin_run(client, "q", budget={"usd": 1}) as run:
        with run.model_call(model="m", **bad):
            pass
        assert client.stats().invalid == 1


def test_depth_is_that_of_the_deepest_node(anywhere):
    with begin_run(anywhere, "q", budget={"depth": 2}) as run:
        with run.node("a"), run.node("b"), run.node("c") as deep:
            pass
        run.node("d", depth=2).end()
        with pytest.raises(dl.LimitExceeded, match="depth 2 of 2 reached"):
            deep.node("e").start()


def test_seconds_end_a_run_that_does_not_come_to_a_gate_again(anywhere):
    with begin_run(anywhere, "q", budget={"seconds": "0.1"}) as run:
        wait_until(lambda: run.gate.is_stopping)
        with pytest.raises(dl.LimitExceeded, match="seconds spent"):
            run.checkpoint()


def test_seconds_are_counted_from_the_begin_of_the_run(anywhere):
    run = begin_run(anywhere, "q", budget={"seconds": "60"})
    time.sleep(0.3)
    before = time.monotonic()
    with run:
        run.gate.meter.tick()
        counted = float(run.gate.meter.account(dl.Dimension.SECONDS).spent)
    assert counted < time.monotonic() - before + 0.2


def test_a_warning_is_said_once_and_the_run_goes_on(client, server):
    budget = dl.Budget(model_calls=2, on_hit="warn")
    with begin_run(client, "q", budget=budget) as run:
        for _ in range(5):
            call(run)
    (hit,) = server.of("budget.hit")
    assert (hit.action.value, hit.spent) == ("warn", 2)
    assert server.of("run.ended")[0].state is ObservedState.COMPLETED


def test_a_soft_limit_may_end_the_run(client, server):
    budget = dl.Budget(usd=1, soft={"usd": "0.5"}, on_soft="stop")
    with pytest.raises(dl.LimitExceeded), begin_run(client, "q", budget=budget) as run:
        while True:
            call(run, cost="0.2")
    (hit,) = server.of("budget.hit")
    assert (hit.which.value, hit.spent) == ("soft", Decimal("0.4"))  # a third may come to 0.6


def test_a_first_call_of_unknown_size_is_no_warning(client, server):
    with begin_run(client, "q", budget=dl.Budget(usd=1, soft={"usd": "0.5"})) as run:
        call(run, cost="0.2")
        client.flush(30)
        assert not server.of("budget.hit")


@pytest.mark.parametrize("action", ["pause", "ask"])
def test_what_would_wait_for_a_person_stops_where_there_is_none(action):
    budget = dl.Budget(model_calls=1, on_hit=action)
    with pytest.raises(dl.LimitExceeded), begin_run(Client(Settings()), "q", budget=budget) as run:
        call(run)
        call(run)


def test_a_run_within_another_spends_from_both(client, server):
    with begin_run(client, "outer", budget={"model_calls": 3}) as outer:
        call(outer)
        with (
            pytest.raises(dl.LimitExceeded, match="3 of 3"),
            begin_run(client, "inner", budget={"model_calls": 9}) as inner,
        ):
            while True:
                call(inner)
        with pytest.raises(dl.LimitExceeded):
            call(outer)
    (hit,) = server.of("budget.hit")
    assert hit.run == outer.id


def test_only_the_inner_run_ends_by_its_own_limit(client, server):
    with begin_run(client, "outer", budget={"model_calls": 9}) as outer:
        with (
            pytest.raises(dl.LimitExceeded),
            begin_run(client, "inner", budget={"model_calls": 2}) as inner,
        ):
            while True:
                call(inner)
        call(outer)
        assert outer.gate.meter.account(dl.Dimension.MODEL_CALLS).spent == 3
    states = {event.run: event.state.value for event in server.of("run.ended")}
    assert states == {inner.id: "limit_exceeded", outer.id: "completed"}


def test_a_call_within_a_call_does_not_wait_for_it(anywhere):
    with (
        begin_run(anywhere, "q", budget={"usd": 1}) as run,
        run.model_call(model="outer") as outer,
        run.model_call(model="inner") as inner,
    ):
        inner.finish(cost="0.4")
        outer.finish(cost="0.2")
    assert run.gate.meter.account(dl.Dimension.USD).spent == Decimal("0.6")


def test_what_a_call_lends_comes_back(anywhere):
    with begin_run(anywhere, "q", budget={"tokens": 100}) as run:
        account = run.gate.meter.account(dl.Dimension.TOKENS)
        with run.model_call(model="outer") as outer:
            with run.model_call(model="inner", reserve={"tokens": 60}) as inner:
                assert account.reserved == 100
                inner.finish(usage=dl.Usage(input=5, output=5))
            assert (account.spent, account.reserved) == (10, 90)
            outer.finish(usage=dl.Usage(input=80, output=0))
        assert (account.spent, account.reserved) == (90, 0)


def test_a_call_lends_nothing_of_what_it_is_known_to_take(anywhere):
    with (
        begin_run(anywhere, "q", budget={"tokens": 100}) as run,
        run.model_call(model="outer", reserve={"tokens": 60}),
        pytest.raises(dl.LimitExceeded),
    ):
        run.model_call(model="inner", reserve={"tokens": 60}).start()


def test_two_calls_whose_inner_calls_wait_for_each_other_are_a_hit_and_no_deadlock(anywhere):
    ready = threading.Barrier(2)
    with begin_run(anywhere, "q", budget={"tokens": 100}) as run, Elsewhere() as elsewhere:

        def agent():
            with run.model_call(model="outer", reserve={"tokens": 50}):
                ready.wait(30)
                with run.model_call(model="inner", reserve={"tokens": 80}):
                    pass

        elsewhere.do(agent)
        elsewhere.do(agent)
        assert isinstance(elsewhere.error(), dl.LimitExceeded)


def test_a_call_that_the_program_let_go_of_gives_back_what_it_reserved(anywhere):
    with begin_run(anywhere, "q", budget={"usd": 1}) as run, Elsewhere() as elsewhere:
        forgotten = [run.model_call(model="m").start()]
        elsewhere.do(lambda: call(run, cost="0.1"))
        time.sleep(0.1)
        assert elsewhere.is_busy
        forgotten.clear()
        assert elsewhere.error() is None


def test_cleaning_up_is_counted_and_not_stopped(anywhere):
    with begin_run(anywhere, "q", budget={"tool_calls": 1}) as run:
        run.tool("look").end()
        with dl.shielded():
            run.tool("delete_sandbox").end()
        assert run.gate.meter.account(dl.Dimension.TOOL_CALLS).spent == 2


def test_a_budget_is_what_the_run_states_whatever_it_is_given_as(client, server):
    for budget in ({"usd": "0.5"}, dl.Budget(usd=Decimal("0.5"))):
        with begin_run(client, "q", budget=budget):
            pass
    assert [each.budgets for each in server.of("run.started")] == [{"usd": "0.5"}] * 2
