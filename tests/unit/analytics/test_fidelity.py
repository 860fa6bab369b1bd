"""How truly a run repeats another."""

from __future__ import annotations

from typing import Any

import pytest

from deliberation.vocabulary import Fidelity, ReplayMode
from traces.analytics.fidelity import Call, Judged, judge

RECORDED, FORK, LIVE = ReplayMode.RECORDED, ReplayMode.FORK, ReplayMode.LIVE


def calls(*said: tuple[str, int, bytes | None]) -> list[Call]:
    return [Call(*each) for each in said]


ORIGINAL = calls(("a", 2, b"1"), ("b", 5, b"2"), ("c", 9, b"3"))


def judged(replay: list[Call], **facts: Any) -> Judged:
    given = {"mode": RECORDED, "original": ORIGINAL, "last_seq": 20, "same_answer": True}
    return judge(replay=replay, **given | facts)


def test_it_works() -> None:
    found = judged(calls(("a", 1, b"1"), ("b", 2, b"2"), ("c", 3, b"3")))
    assert (found.word, found.recorded, found.diverged_at_seq) == (Fidelity.EXACT, 3, None)


def test_the_order_of_calls_does_not_matter() -> None:
    assert judged(ORIGINAL[::-1]).word is Fidelity.EXACT


def test_a_call_that_came_to_something_else_is_where_they_part() -> None:
    found = judged(calls(("a", 1, b"1"), ("b", 2, b"other"), ("c", 3, b"other")))
    assert (found.word, found.diverged_at_seq, found.diverged) == (Fidelity.DIVERGED, 5, 2)


def test_a_call_that_was_never_made_is_where_they_part() -> None:
    found = judged(calls(("a", 1, b"1"), ("new", 2, b"2"), ("c", 3, b"3")))
    assert (found.word, found.diverged_at_seq, found.live, found.unused) == (
        Fidelity.DIVERGED,
        5,
        1,
        1,
    )


def test_a_call_too_many_parts_them_at_the_end() -> None:
    found = judged([*ORIGINAL, Call("d", 30, b"4")])
    assert (found.word, found.diverged_at_seq) == (Fidelity.DIVERGED, 20)


def test_another_answer_from_the_same_calls_is_no_exact_replay() -> None:
    found = judged(ORIGINAL, same_answer=False)
    assert (found.word, found.diverged_at_seq, found.recorded) == (Fidelity.DIVERGED, 20, 3)


def test_two_runs_without_an_answer_may_be_exact() -> None:
    assert judged(ORIGINAL, same_answer=None).word is Fidelity.EXACT


def test_what_was_taken_away_since_is_neither_the_same_nor_another() -> None:
    found = judged(ORIGINAL, original=calls(("a", 2, None), *map(tuple3, ORIGINAL[1:])))
    assert (found.word, found.unknown, found.recorded) == (None, 1, 2)


def test_a_fork_is_live_when_it_repeats_what_comes_before_its_node() -> None:
    before = ORIGINAL[:2]
    found = judged([*before, Call("new", 7, b"9")], mode=FORK, original=before, same_answer=False)
    assert (found.word, found.recorded, found.live) == (Fidelity.LIVE, 2, 1)


def test_a_fork_that_differs_before_its_node_says_so() -> None:
    found = judged(calls(("a", 1, b"other")), mode=FORK, original=ORIGINAL[:2])
    assert (found.word, found.diverged_at_seq) == (Fidelity.DIVERGED, 2)


@pytest.mark.parametrize("replay", [[], ORIGINAL, calls(("a", 1, b"other"))])
def test_a_live_replay_is_live_whatever_comes_of_it(replay: list[Call]) -> None:
    assert judged(replay, mode=LIVE).word is Fidelity.LIVE


def test_of_nothing_nothing_differs() -> None:
    assert judged([], original=[]).word is Fidelity.EXACT


def tuple3(call: Call) -> tuple[str, int, bytes | None]:
    return call.key, call.seq, call.outcome
