"""Accuracy against cost: votes for many k at once, means over tasks, bins of difficulty, and what nothing beats."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.difficulty import Difficulty, difficulty_of
from traces.analytics.frontier import Step, non_dominated, steps_between
from traces.analytics.task_mean import TaskMean, mean_over_tasks
from traces.analytics.undefined import Undefined
from traces.analytics.vote_curve import maj_curve
from traces.analytics.votes import maj_at_k
from traces.analytics.wilson import wilson

voters = st.lists(
    st.tuples(st.sampled_from([None, "a", "b", "c", "d"]), st.booleans()), min_size=1, max_size=8
)
points = st.lists(
    st.tuples(st.integers(0, 6).map(float), st.integers(0, 6).map(float)), max_size=12
)


def curve_of(samples: list[tuple[str | None, bool]]) -> tuple[float, ...]:
    sizes = Counter(answer for answer, _ in samples if answer is not None)
    right = Counter(answer for answer, is_right in samples if is_right)
    told = [(size, right[answer]) for answer, size in sizes.items()]
    found = maj_curve(told, len(samples) - sum(sizes.values()), range(1, len(samples) + 1))
    assert not isinstance(found, Undefined)
    return found


def drawn_majority(samples: list[tuple[str | None, bool]], k: int) -> float:
    """Every draw of k, one by one; of equal answers each as often as the other."""
    chances = []
    for draw in combinations(samples, k):
        votes = Counter(answer for answer, _ in draw if answer is not None)
        leaders = [each for each, count in votes.items() if count == max(votes.values())]
        right = [fmean(ok for answer, ok in samples if answer == each) for each in leaders]
        chances.append(fmean(right) if right else 0.0)
    return fmean(chances)


def test_it_works() -> None:
    assert maj_curve([(2, 2), (1, 0)], 0, [1, 2, 3]) == pytest.approx((2 / 3, 2 / 3, 1.0))
    assert non_dominated([(1, 0.5), (2, 0.4), (3, 0.9)]) == [0, 2]


@given(voters)
def test_votes_for_every_k_are_counted_over_all_draws(
    samples: list[tuple[str | None, bool]],
) -> None:
    for k, chance in enumerate(curve_of(samples), 1):
        assert chance == pytest.approx(drawn_majority(samples, k), abs=1e-12)


def test_votes_at_once_are_those_that_are_counted_one_by_one() -> None:
    samples = [(f"answer {at * at % 23}", at * at % 23 in (1, 4, 9)) for at in range(60)]
    curve = curve_of(list(samples))
    for k in (1, 2, 7, 30, 59, 60):
        assert curve[k - 1] == pytest.approx(maj_at_k(samples, k), abs=1e-9)


def test_votes_of_nothing_are_undefined_and_contradictions_are_errors() -> None:
    assert maj_curve([], 0, [1]) is Undefined.NO_SAMPLES
    assert maj_curve([(2, 1)], 0, [3]) is Undefined.TOO_FEW_SAMPLES
    assert maj_curve([(500, 1)], 0, [1]) is Undefined.TOO_MANY_SAMPLES
    assert maj_curve([], 3, [1, 2]) == (0.0, 0.0)
    for answers, without, k in [
        ([(1, 2)], 0, 1),
        ([(0, 0)], 0, 1),
        ([(1, 1)], -1, 1),
        ([(1, 1)], 0, 0),
    ]:
        with pytest.raises(ValueError, match="sample"):
            maj_curve(answers, without, [k])


@given(points)
def test_what_nothing_beats_is_what_a_comparison_of_all_pairs_leaves(
    told: list[tuple[float, float]],
) -> None:
    def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] <= other[0] and one[1] >= other[1] and one != other

    left = [at for at, each in enumerate(told) if not any(beats(other, each) for other in told)]
    assert sorted(non_dominated(told)) == left
    costs = [told[at][0] for at in non_dominated(told)]
    assert costs == sorted(costs)


def test_a_step_tells_what_a_hundredth_costs_and_equal_points_make_none() -> None:
    told = [(10.0, 0.8), (18.0, 0.84), (18.0, 0.84)]
    assert steps_between(told, non_dominated(told)) == [Step(0, 1, pytest.approx(2.0))]
    assert steps_between([], []) == []


def test_tasks_that_are_right_or_wrong_have_wilson_s_interval() -> None:
    found = mean_over_tasks([1.0] * 69 + [0.0] * 31)
    assert isinstance(found, TaskMean)
    assert found.interval == pytest.approx(wilson(69, 100))
    assert (found.tasks, found.outcomes) == (100, 100)


def test_a_hundred_answers_to_each_of_a_few_tasks_tell_little_more_than_the_tasks() -> None:
    alike = mean_over_tasks([1.0, 1.0, 0.0, 0.0], outcomes=400)
    spread = mean_over_tasks([0.5, 0.52, 0.48, 0.5], outcomes=400)
    alone = mean_over_tasks([0.5], outcomes=225)
    assert isinstance(alike, TaskMean)
    assert isinstance(spread, TaskMean)
    assert isinstance(alone, TaskMean)
    assert alike.interval == pytest.approx(wilson(2, 4))
    # No more than so many independent outcomes would tell, however near the tasks are.
    assert spread.interval == pytest.approx(wilson(200, 400))
    assert alone.interval.low == pytest.approx(0.4351, abs=1e-3)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 900))
def test_an_interval_holds_its_mean_and_stays_between_nothing_and_all(
    shares: list[float], more: int
) -> None:
    found = mean_over_tasks(shares, len(shares) + more)
    assert isinstance(found, TaskMean)
    low, high = found.interval
    assert 0 <= low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= high <= 1
    assert low < high


def test_a_mean_of_no_tasks_is_undefined() -> None:
    assert mean_over_tasks([]) is Undefined.NO_SAMPLES


def test_bins_are_fifths_and_what_was_never_answered_is_in_none() -> None:
    assert difficulty_of(0, 0) is None
    told = {0: 1, 1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 6: 4, 7: 4, 8: 5, 10: 5}
    found = {right: difficulty_of(right, 10) for right in told}
    assert {right: each.number for right, each in found.items() if each} == told
    assert [each.least for each in Difficulty] == [0.0, 0.2, 0.4, 0.6, 0.8]
