"""Many threads and tasks that spend from one budget: never one call too many, and next to no cent."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import deliberation as dl
from deliberation.client import Client, Settings, begin_run
from deliberation.control import Gate
from deliberation.control.spending import Bill, Meter, Obstacle, settle, take
from deliberation.control.spending.bill import exactly
from deliberation.vocabulary import Budget, Dimension
from tests.sdk.waiting import wait_until

AT_ONCE = 64
nobody = Client(Settings())


def spent(run, dimension):
    return run.gate.meter.account(dl.Dimension(dimension)).spent


def test_64_threads_never_begin_one_call_too_many():
    begun = []

    def work(run):
        with run.model_call(model="m"):
            begun.append(1)
            time.sleep(0.001)

    with begin_run(nobody, "q", budget={"model_calls": 100}) as run:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = [pool.submit(work, run) for _ in range(200)]
        refused = [each.exception() for each in done if each.exception() is not None]
        assert all(isinstance(each, dl.LimitExceeded) for each in refused)
        assert len(refused) == 100
    assert len(begun) == 100
    assert spent(run, "model_calls") == 100


def test_64_tasks_never_begin_one_call_too_many():
    begun = []

    async def work(run):
        while True:
            async with run.tool("look"):
                begun.append(1)
                await asyncio.sleep(0.001)

    async def main():
        async with begin_run(nobody, "q", budget={"tool_calls": 100}) as run:
            await asyncio.gather(*(work(run) for _ in range(AT_ONCE)))

    with pytest.raises(dl.LimitExceeded):
        asyncio.run(main())
    assert len(begun) == 100


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("spread", [(0.5, 1.5), (0.9, 1.1), (0.1, 2)])
def test_64_tasks_of_unknown_cost_overshoot_by_two_percent_at_most(spread, seed):
    chance = random.Random(seed)
    most = 0

    async def work(run):
        nonlocal most
        while True:
            async with run.model_call(model="m") as call:
                most = max(most, len(run.gate.waiters.calls))
                await asyncio.sleep(0.001 * chance.random())
                call.finish(cost=f"{chance.uniform(*spread) / 100:.6f}")

    async def main():
        async with begin_run(nobody, "q", budget={"usd": "1"}) as run:
            runs.append(run)
            await asyncio.gather(*(work(run) for _ in range(AT_ONCE)))

    runs: list[dl.Run] = []
    with pytest.raises(dl.LimitExceeded):
        asyncio.run(main())
    assert Decimal("0.9") <= spent(runs[0], "usd") <= Decimal("1.02")
    assert most > 4, "they never ran side by side"


def test_64_threads_of_unknown_cost_overshoot_by_two_percent_at_most():
    chance = random.Random(7)

    def work(run):
        while True:
            with run.model_call(model="m") as call:
                time.sleep(0.001)
                call.finish(cost=f"{chance.uniform(0.5, 1.5) / 100:.6f}")

    with begin_run(nobody, "q", budget={"usd": "1"}) as run:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = [pool.submit(work, run) for _ in range(AT_ONCE)]
        assert all(isinstance(each.exception(), dl.LimitExceeded) for each in done)
    assert Decimal("0.9") <= spent(run, "usd") <= Decimal("1.02")


def test_a_stop_cancels_the_tasks_that_go_on():
    cut = []

    async def wait_long(run):
        async with run.tool("slow"):
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                cut.append(1)
                raise

    async def main():
        async with begin_run(nobody, "q", budget={"tool_calls": 8}) as run:
            await asyncio.gather(*(wait_long(run) for _ in range(9)))

    began = time.monotonic()
    with pytest.raises(dl.LimitExceeded, match="8 of 8 tool calls"):
        asyncio.run(main())
    assert len(cut) == 8
    assert time.monotonic() - began < 25


def test_seconds_cancel_the_tasks_that_go_on():
    async def main():
        async with begin_run(nobody, "q", budget={"seconds": "0.2"}), asyncio.timeout(10):
            await asyncio.sleep(30)

    with pytest.raises(dl.LimitExceeded, match="seconds spent"):
        asyncio.run(main())


def test_a_thousand_tasks_that_wait_for_room_do_not_hold_up_the_loop():
    async def work(run):
        async with run.model_call(model="m", reserve={"tokens": 10}) as call:
            await asyncio.sleep(0)
            call.finish(usage=dl.Usage(input=10, output=0))

    async def main():
        async with begin_run(nobody, "q", budget={"tokens": 10_000}) as run:
            with_all = run.model_call(model="m", reserve={"tokens": 9_950}).start()
            tasks = [asyncio.create_task(work(run)) for _ in range(1000)]
            await asyncio.sleep(0)
            with_all.end(ValueError())
            await asyncio.gather(*tasks)
            return spent(run, "tokens")

    began = time.process_time()
    assert asyncio.run(main()) == 10_000
    assert time.process_time() - began < 10


async def plain(run, **sizes):
    with run.model_call(model="m", **sizes) as call:
        await asyncio.sleep(0.01)
        call.finish(cost="0.01", usage=dl.Usage(input=10, output=0))


def test_a_plain_with_in_a_coroutine_does_not_wait_for_its_own_loop():
    async def main():
        async with begin_run(nobody, "q", budget={"usd": "1"}) as run:
            for _ in range(3):
                await asyncio.gather(*(plain(run) for _ in range(8)))
            return spent(run, "usd")

    assert asyncio.run(asyncio.wait_for(main(), 30)) == Decimal("0.24")


def test_a_plain_with_in_a_coroutine_that_states_too_much_is_a_hit_and_no_deadlock():
    async def main():
        async with begin_run(nobody, "q", budget={"tokens": 100}) as run:
            await asyncio.gather(*(plain(run, reserve={"tokens": 60}) for _ in range(2)))

    with pytest.raises(dl.LimitExceeded):
        asyncio.run(asyncio.wait_for(main(), 30))


def test_whoever_waits_longest_goes_first():
    order = []
    with begin_run(nobody, "q", budget={"tokens": 100}) as run:
        first = run.model_call(model="m", reserve={"tokens": 60}).start()

        def work(name, tokens):
            with run.model_call(model="m", reserve={"tokens": tokens}) as call:
                order.append(name)
                call.finish(usage=dl.Usage(input=1, output=0))

        threads = []
        for name, tokens in (("large", 90), ("small", 20)):
            threads.append(threading.Thread(target=work, args=(name, tokens)))
            threads[-1].start()
            wait_until(lambda: len(run.gate.bell.queue) == len(threads))
        assert order == []
        first.end(ValueError())
        for each in threads:
            each.join(30)
    assert order == ["large", "small"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 60), st.booleans()),
        st.tuples(st.just("end"), st.integers(0, 9), st.integers(0, 100)),
    ),
    max_size=60,
)


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps=STEPS, hard=st.integers(0, 200))
def test_spent_and_reserved_never_exceed_what_is_limited(steps, hard):
    gate = Gate("run")
    gate.meter = Meter(Budget(tokens=hard, model_calls=20).limits())
    tokens, calls = (gate.meter.account(each) for each in (Dimension.TOKENS, Dimension.MODEL_CALLS))
    live: list[tuple[Bill, int]] = []
    for kind, number, more in steps:
        if kind == "begin":
            around = [live[-1][0]] if more and live else []
            wants = {Dimension.MODEL_CALLS: exactly(1), Dimension.TOKENS: exactly(number)}
            bill = Bill(wants, around)
            if take(gate, bill) is None:
                live.append((bill, number))
        elif live:
            bill, size = live.pop(number % len(live))
            settle(gate, bill, {Dimension.TOKENS: Decimal(size * more // 100)}, has_failed=False)
        gate.bell.queue.clear()
        assert tokens.spent + tokens.reserved <= hard
        assert calls.spent <= 20
    for bill, _ in live:
        settle(gate, bill, {}, has_failed=True)
    assert tokens.reserved == 0


def test_a_refused_bill_takes_nothing_in_any_run():
    outer, inner = Gate("outer"), Gate("inner")
    outer.meter = Meter(Budget(tokens=5).limits())
    inner.meter = Meter(Budget(tokens=50).limits())
    inner.nest(outer)
    bill = Bill({Dimension.TOKENS: exactly(10)})
    assert isinstance(take(inner, bill), Obstacle)
    assert inner.meter.account(Dimension.TOKENS).reserved == 0
    assert outer.is_stopping
    assert inner.is_stopping
