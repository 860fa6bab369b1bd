"""Questions that are put together: each is looked up after it was asked, all that wait by one look."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import pytest

from traces.live.together import Together

looks: list[set[int]] = []


@pytest.fixture(autouse=True)
def _no_looks() -> None:
    looks.clear()


async def look(asked: Collection[int]) -> Mapping[int, str]:
    looks.append(set(asked))
    await asyncio.sleep(0.01)
    return {each: str(each) for each in asked if each > 0}


async def test_it_works() -> None:
    together = Together(look)
    assert await asyncio.gather(*(together.ask(number) for number in range(3))) == [None, "1", "2"]
    assert looks == [{0, 1, 2}]


async def test_what_is_asked_during_a_look_is_looked_up_by_the_next() -> None:
    together = Together(look)
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0.005)
    rest = [asyncio.create_task(together.ask(number)) for number in (1, 2, 2)]
    assert await asyncio.gather(first, *rest) == ["1", "1", "2", "2"]
    assert looks == [{1}, {1, 2}]


async def test_a_look_that_fails_fails_for_those_who_waited_and_for_nobody_else() -> None:
    fails = [True]

    async def look_once(asked: Collection[int]) -> Mapping[int, str]:
        if fails.pop() if fails else False:
            raise OSError("a fault")
        return await look(asked)

    together = Together(look_once)
    with pytest.raises(OSError, match="a fault"):
        await together.ask(1)
    assert await together.ask(1) == "1"
