"""Shares of clustered samples, agreement of two judges and curves of choices say what counting by hand says."""

from __future__ import annotations

import random
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.agreement import Agreement
from traces.analytics.calibration import Bin, bin_up, calibration_error, error_of_bins
from traces.analytics.clustered_share import clustered_share
from traces.analytics.selection_curve import selection_curve
from traces.analytics.turning_point import TurningPoint
from traces.analytics.undefined import Undefined, is_known
from traces.analytics.wilson import Interval, wilson

scored = st.lists(st.tuples(st.integers(0, 3).map(float), st.booleans()), min_size=1, max_size=6)


def test_it_works() -> None:
    share = clustered_share([(1, 1)] * 47 + [(0, 1)] * 44)
    assert share.value == pytest.approx(0.516, abs=5e-4)
    assert share.interval == wilson(47, 91)


def test_a_share_of_nothing_is_undefined() -> None:
    nothing = clustered_share([(0, 0)])
    assert (nothing.value, nothing.interval) == (Undefined.NO_SAMPLES, Undefined.NO_SAMPLES)
    assert nothing.tasks == 0


def test_one_task_with_several_samples_has_no_interval_and_a_single_sample_has() -> None:
    assert clustered_share([(3, 10)]).interval is Undefined.ONE_TASK
    assert clustered_share([(1, 1)]).interval == wilson(1, 1)


def test_samples_that_all_say_the_same_count_as_their_tasks() -> None:
    assert clustered_share([(50, 50)] * 4).interval == wilson(4, 4)
    assert clustered_share([(0, 50)] * 4).interval == wilson(0, 4)


@given(st.lists(st.booleans(), min_size=3, max_size=20), st.integers(2, 50))
def test_copies_of_a_sample_make_nothing_surer(tasks: list[bool], copies: int) -> None:
    copied = clustered_share([(copies * each, copies) for each in tasks])
    alone = clustered_share([(int(each), 1) for each in tasks])
    assert copied.value == alone.value
    assert width(copied.interval) >= width(alone.interval) - 1e-12


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_an_interval_holds_its_share_and_is_never_narrower_than_that_of_independent_samples(
    counts: list[tuple[int, int]],
) -> None:
    found = clustered_share([(right, right + wrong) for right, wrong in counts])
    if isinstance(found.interval, Undefined) or not is_known(found.value):
        return
    assert found.interval.low - 1e-9 <= found.value <= found.interval.high + 1e-9
    assert width(found.interval) >= width(wilson(found.part, found.of)) - 1e-9


def test_nineteen_of_twenty_intervals_of_clustered_samples_hold_the_truth() -> None:
    """Forty tasks of thirty samples, each task of its own difficulty: as if independent, far fewer would."""
    chance = random.Random(7)
    held = naive = 0
    for _ in range(400):
        tasks = [drawn(chance, chance.betavariate(2, 2), 30) for _ in range(40)]
        share = clustered_share(tasks)
        held += holds(share.interval, 0.5)
        naive += holds(wilson(share.part, share.of), 0.5)
    assert 0.92 <= held / 400 <= 0.98
    assert naive / 400 < 0.65


def drawn(chance: random.Random, rate: float, samples: int) -> tuple[int, int]:
    return sum(chance.random() < rate for _ in range(samples)), samples


def holds(interval: Interval | Undefined, truth: float) -> bool:
    return not isinstance(interval, Undefined) and interval.low <= truth <= interval.high


def width(interval: Interval | Undefined) -> float:
    assert not isinstance(interval, Undefined)
    return interval.high - interval.low


def test_kappa_is_what_is_left_when_chance_is_taken_off() -> None:
    """Fifty proposals, 35 read alike by both; by chance it would have been half."""
    read = Agreement(both_accept=20, only_this=5, only_other=10, both_reject=15)
    assert (read.total, read.differ) == (50, 15)
    assert read.disagreement == pytest.approx(0.3)
    assert read.kappa == pytest.approx(0.4)


def test_two_who_draw_lots_have_a_kappa_of_nothing_and_opposites_of_minus_one() -> None:
    assert Agreement(both_accept=6, only_this=4, only_other=9, both_reject=6).kappa == 0
    assert Agreement(only_this=5, only_other=5).kappa == -1


def test_agreement_on_nothing_and_on_one_word_alone_has_no_kappa() -> None:
    assert Agreement().disagreement is Undefined.NO_SAMPLES
    assert Agreement().kappa is Undefined.NO_SAMPLES
    assert Agreement(both_accept=7).kappa is Undefined.ONE_CLASS
    assert Agreement(both_accept=7).disagreement == 0


@given(st.lists(scored, min_size=1, max_size=5))
def test_each_point_is_the_mean_over_all_draws_of_the_same_tasks(
    tasks: list[list[tuple[float, bool]]],
) -> None:
    curve = selection_curve(tasks)
    if curve.lack is not None:
        assert sum(len(each) < 2 for each in tasks) > len(tasks) / 2
        return
    last = curve.last
    assert last is not None
    kept = [each for each in tasks if len(each) >= last.n]
    assert (curve.tasks, curve.left_out) == (len(kept), len(tasks) - len(kept))
    assert len(kept) >= len(tasks) / 2
    for point in curve.points:
        draws = [list(combinations(each, point.n)) for each in kept]
        assert point.oracle == pytest.approx(mean(draws, lambda draw: any(r for _, r in draw)))
        assert point.chosen == pytest.approx(mean(draws, right_of_best))
        assert is_known(point.regret)
        assert point.regret >= -1e-9


def mean(draws: list[list[tuple[tuple[float, bool], ...]]], value: object) -> float:
    return fmean(fmean(float(value(draw)) for draw in each) for each in draws)  # type: ignore[operator]


def right_of_best(draw: tuple[tuple[float, bool], ...]) -> float:
    best = max(score for score, _ in draw)
    return fmean(right for score, right in draw if score == best)


def test_a_verifier_that_loves_a_wrong_answer_has_a_best_n_and_is_worse_beyond_it() -> None:
    """One sample in eight is wrong and scored best, three are right and second, the rest wrong and low."""
    task = [(3.0, False), *[(2.0, True)] * 3, *[(1.0, False)] * 4]
    curve = selection_curve([task, task])
    assert [point.n for point in curve.points] == [1, 2, 4, 8]
    assert curve.points[0].chosen == pytest.approx(3 / 8)
    assert curve.points[-1].chosen == 0
    turning = curve.turning
    assert isinstance(turning, TurningPoint)
    assert (turning.at, turning.end) == (2, 0)
    assert curve.points[-1].regret == 1


def test_samples_drawn_once_make_no_curve() -> None:
    assert selection_curve([]).lack is Undefined.NO_SAMPLES
    alone = selection_curve([[(1.0, True)], [(0.0, False)], [(1.0, True), (0.0, False)]])
    assert alone.lack is Undefined.TOO_FEW_SAMPLES
    assert (alone.points, alone.turning, alone.last) == ([], None, None)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_the_error_of_bins_is_that_of_what_is_in_them(told: list[tuple[float, bool]]) -> None:
    bins = bin_up(told)
    assert sum(each.count for each in bins) == len(told)
    if not told:
        assert error_of_bins(bins) is Undefined.NO_SAMPLES
        return
    assert error_of_bins(bins) == calibration_error(told)
    by_hand = 0.0
    for number in range(10):
        inside = [each for each in told if min(int(each[0] * 10), 9) == number]
        if inside:
            confidence = fmean(each[0] for each in inside)
            accuracy = fmean(each[1] for each in inside)
            by_hand += len(inside) / len(told) * abs(accuracy - confidence)
    assert error_of_bins(bins) == pytest.approx(by_hand)


def test_the_last_bin_holds_its_end() -> None:
    assert bin_up([(1.0, True), (0.95, False)]) == [
        Bin(number=9, count=2, confidence=1.95, right=1)
    ]
