"""Answers that many ask for at once: made once, as new as each was told, and never kept without bound."""

from __future__ import annotations

import asyncio

import pytest

from traces.live import shared
from traces.live.shared import Answer, SharedAnswers


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as any test may take."""
    monkeypatch.setattr(shared, "KEPT_SECONDS", 60.0)


class Making:
    """Makes answers, and counts them; `status` and `headers` are what they carry."""

    def __init__(self, body: bytes = b"made", status: int = 200) -> None:
        self.body, self.status = body, status
        self.headers: list[tuple[bytes, bytes]] = []
        self.times = 0

    async def __call__(self) -> Answer:
        self.times += 1
        await asyncio.sleep(0.01)
        return Answer(status=self.status, headers=self.headers, body=self.body)


async def ask(
    answers: SharedAnswers, make: Making, key: str = "a", size: int = 5, told: int = 4
) -> Answer | None:
    return await answers.get(key, run_size=size, told=told, make=make)


async def test_it_works() -> None:
    answers, make = SharedAnswers(), Making()
    given = await asyncio.gather(*(ask(answers, make) for _ in range(50)))
    assert {each.body for each in given if each} == {b"made"}
    assert make.times == 1


async def test_who_was_told_of_no_more_takes_what_was_made_while_the_run_grew() -> None:
    answers, make = SharedAnswers(), Making()
    await ask(answers, make, size=5, told=4)
    await ask(answers, make, size=9, told=4)
    assert make.times == 1


async def test_who_was_told_of_more_is_given_what_was_made_after_that() -> None:
    answers, make = SharedAnswers(), Making()
    early, late = await asyncio.gather(
        ask(answers, make, size=5, told=4), ask(answers, make, size=6, told=5)
    )
    assert early
    assert late
    assert make.times == 2


async def test_what_is_for_one_is_given_to_nobody_else() -> None:
    for make in (Making(status=404), Making()):
        make.headers = [(b"set-cookie", b"a=b")] if make.status == 200 else []
        answers = SharedAnswers()
        assert await ask(answers, make) is None
        assert await ask(answers, make) is None
        assert make.times == 2


async def test_an_answer_is_kept_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "KEPT_SECONDS", 0.02)
    answers, make = SharedAnswers(), Making()
    await ask(answers, make)
    await asyncio.sleep(0.03)
    await ask(answers, make)
    assert make.times == 2


async def test_answers_come_to_no_more_bytes_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared, "MOST_BYTES", 1_000)
    answers, make = SharedAnswers(), Making(b"x" * 400)
    for key in ("a", "b", "c"):
        await ask(answers, make, key)
    assert make.times == 3
    await ask(answers, make, "c")
    assert make.times == 3, "the newest are kept"
    await ask(answers, make, "a")
    assert make.times == 4, "the oldest was dropped"


async def test_what_fails_is_told_to_all_who_waited_and_tried_again() -> None:
    answers = SharedAnswers()
    times = 0

    async def fail() -> Answer:
        nonlocal times
        times += 1
        raise OSError("a fault")

    for _ in range(2):
        with pytest.raises(OSError, match="a fault"):
            await answers.get("a", run_size=1, told=0, make=fail)
    assert times == 2


async def test_whoever_asked_first_may_leave_before_the_answer_is_there() -> None:
    answers, make = SharedAnswers(), Making()
    first = asyncio.create_task(ask(answers, make))
    await asyncio.sleep(0)
    second = asyncio.create_task(ask(answers, make))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert make.times == 1
