"""What many want at once is made by the first of them, and found by the others."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from traces.queries import turns
from traces.queries.turns import take_turn


def test_it_works() -> None:
    made: list[str] = []
    start = threading.Barrier(8)

    def want(_: int) -> None:
        start.wait()
        with take_turn("a tree"):
            if not made:
                time.sleep(0.05)
                made.append("once")

    with ThreadPoolExecutor(8) as people:
        list(people.map(want, range(8)))
    assert made == ["once"]
    assert not turns._turns, "nothing is kept of turns that are over"


def test_who_wants_something_else_does_not_wait() -> None:
    with take_turn("a tree"), take_turn("another"):
        pass


def test_a_turn_that_fails_is_over() -> None:
    for _ in range(2):
        try:
            with take_turn("a tree"):
                raise ValueError
        except ValueError:
            assert not turns._turns
