"""Every scope has an async twin."""

from __future__ import annotations

import asyncio

import pytest

from deliberation.client import begin_run
from tests.sdk.waiting import holding


def test_it_works(client, server):
    async def work():
        async with (
            begin_run(client, "q") as run,
            run.node("agent") as agent,
            run.model_call(model="m") as call,
        ):
            call.finish(output="o")
        return agent, call

    agent, call = asyncio.run(work())
    parents = {event.node: event.parent for event in server.of("node.started")}
    assert parents == {agent.id: None, call.id: agent.id}


def test_tasks_at_once_do_not_mix_their_nodes(client, server):
    async def sample(run, rank):
        async with run.node("sample", rank=rank) as node:
            await asyncio.sleep(0.01 * (5 - rank))
            async with run.node("thought") as thought:
                await asyncio.sleep(0.01)
        return thought.id, node.id

    async def work():
        async with begin_run(client, "q") as run:
            return await asyncio.gather(*(sample(run, rank) for rank in range(5)))

    expected = dict(asyncio.run(work()))
    parents = {event.node: event.parent for event in server.of("node.started")}
    assert {node: parents[node] for node in expected} == expected


def test_a_cancelled_task_is_cancelled_and_not_failed(client, server):
    async def work():
        async with begin_run(client, "q") as run, run.node("step"):
            await asyncio.sleep(30)

    async def cancel():
        task = asyncio.create_task(work())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert server.of("run.ended")[0].state.value == "cancelled"


def test_the_end_of_a_run_does_not_hold_up_the_loop(client, server):
    async def work():
        with holding(server) as let_answer:

            async def turn():
                for _ in range(20):
                    await asyncio.sleep(0.005)
                let_answer()

            async with begin_run(client, "q") as run, run.node("step"):
                turning = asyncio.create_task(turn())
            assert turning.done(), "the loop turned while the run waited for its last answer"

    asyncio.run(work())
    assert server.of("run.ended")
