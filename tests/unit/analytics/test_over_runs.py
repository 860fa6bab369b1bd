"""Statistics over many runs from ranks, bins and draws: the same as from the rows themselves."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.binned import (
    Bin,
    brier_of_bins,
    brier_of_tasks,
    error_of_bins,
    error_of_tasks,
)
from traces.analytics.calibration import brier_score, calibration_error
from traces.analytics.paired import compare_paired
from traces.analytics.rank_sums import auc_interval, auc_of_ranks
from traces.analytics.resampling import FEWEST_TASKS, interval_over_tasks
from traces.analytics.separation import auc
from traces.analytics.set_aside_work import ROOT, branch_of
from traces.analytics.undefined import Undefined
from traces.analytics.wilson import wilson

Efforts = st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=30)
Confidences = st.lists(st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.booleans()))


def test_it_works() -> None:
    """Right runs took 1 and 3, the wrong one 2: of two pairs one has the right run above. Ranks 1 + 3, twice 8."""
    assert auc_of_ranks(right=2, wrong=1, twice_ranks=8) == 0.5


@given(Efforts)
def test_the_area_of_ranks_is_that_of_all_pairs(runs: list[tuple[int, bool]]) -> None:
    right = [effort for effort, is_right in runs if is_right]
    wrong = [effort for effort, is_right in runs if not is_right]
    found = auc_of_ranks(len(right), len(wrong), sum(twice_rank(runs, each) for each in right))
    assert found == auc(runs) or found == pytest.approx(auc(runs))
    if right and wrong:
        won = sum(1 if a > b else 0.5 if a == b else 0 for a, b in product(right, wrong))
        assert found == pytest.approx(won / (len(right) * len(wrong)))


def twice_rank(runs: list[tuple[int, bool]], effort: int) -> int:
    """Twice the middle rank of an effort among all, from 1."""
    below = sum(other < effort for other, _ in runs)
    same = sum(other == effort for other, _ in runs)
    return 2 * below + same + 1


def test_the_area_of_nothing_and_of_one_class_is_undefined() -> None:
    assert auc_of_ranks(0, 0, 0) is Undefined.NO_SAMPLES
    assert auc_of_ranks(3, 0, 12) is Undefined.ONE_CLASS
    assert auc_interval(Undefined.ONE_CLASS, 3, 0) is Undefined.ONE_CLASS


def test_the_interval_of_an_area_is_that_of_hanley_and_mcneil() -> None:
    """Their worked example: an area of .893 of 51 abnormal and 58 normal images has a standard error of .032."""
    interval = auc_interval(0.893, right=51, wrong=58)
    assert not isinstance(interval, Undefined)
    assert (interval.high - interval.low) / (2 * 1.96) == pytest.approx(0.032, abs=0.001)


@given(Confidences)
def test_calibration_from_bins_and_from_tasks_is_that_of_the_runs(
    told: list[tuple[float, bool]],
) -> None:
    inside: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in told:
        inside.setdefault(min(int(confidence * 10), 9), []).append((confidence, right))
    bins = [
        Bin(
            number=number,
            runs=len(rows),
            confidence=sum(confidence for confidence, _ in rows),
            right=sum(right for _, right in rows),
            squares=sum((confidence - right) ** 2 for confidence, right in rows),
        )
        for number, rows in inside.items()
    ]
    tasks = [
        [(number, confidence - right)]
        for number, rows in inside.items()
        for confidence, right in rows
    ]
    for of_bins, of_tasks, truth in (
        (error_of_bins(bins), error_of_tasks(tasks), calibration_error(told)),
        (brier_of_bins(bins), brier_of_tasks(tasks), brier_score(told)),
    ):
        if isinstance(truth, Undefined):
            assert of_bins is of_tasks is truth
        else:
            assert of_bins == pytest.approx(truth, abs=1e-9)
            assert of_tasks == pytest.approx(truth, abs=1e-9)


def test_a_bin_says_what_was_said_and_what_was_so() -> None:
    told = Bin(number=3, runs=4, confidence=1.4, right=1, squares=0.0)
    assert (told.mean_confidence, told.accuracy) == (pytest.approx(0.35), 0.25)


def share_right(tasks: list[bool]) -> float:
    return sum(tasks) / len(tasks)


def test_an_interval_over_tasks_is_the_same_for_the_same_seed_and_holds_the_mean() -> None:
    tasks = [number % 3 == 0 for number in range(60)]
    first, again = (interval_over_tasks(tasks, share_right) for _ in range(2))
    assert not isinstance(first, Undefined)
    assert first == again
    assert first.low < 1 / 3 < first.high
    # Of 20 of 60 the binomial's interval is .216 to .466.
    assert first == pytest.approx((0.216, 0.466), abs=0.04)


def test_an_interval_over_few_tasks_or_of_an_undefined_statistic_is_undefined() -> None:
    assert (
        interval_over_tasks([True] * (FEWEST_TASKS - 1), share_right) is Undefined.TOO_FEW_SAMPLES
    )
    undefined = interval_over_tasks([1] * 9, lambda drawn: Undefined.ONE_CLASS)
    assert undefined is Undefined.ONE_CLASS


def test_a_paired_comparison_counts_each_question_once() -> None:
    found = compare_paired([(0.0, 1.0), (0.5, 0.5), (1.0, 0.5), (0.0, 1.0)])
    assert (found.questions, found.better, found.worse) == (4, 2, 1)
    assert (found.first, found.second, found.gain) == (0.375, 0.75, 0.375)


def test_a_paired_comparison_of_nothing_is_undefined() -> None:
    found = compare_paired([])
    assert found.gain is found.first is Undefined.NO_SAMPLES
    assert isinstance(found.interval, Undefined)


def test_many_questions_have_the_interval_of_the_mean() -> None:
    """Half of 2,000 gain 1, the others nothing: .5 with a standard error of .5 / sqrt(2000)."""
    found = compare_paired([(0.0, float(number % 2)) for number in range(2000)])
    assert found.interval == pytest.approx((0.5 - 0.0219, 0.5 + 0.0219), abs=0.0002)


Parents = st.lists(st.integers(-1, 11), min_size=1, max_size=12)


@given(Parents, st.sets(st.integers(0, 11)))
def test_a_node_is_in_the_branch_of_the_topmost_discarded_node_above_it(
    above: list[int], gone: set[int]
) -> None:
    """Of trees: a parent is a node before, or there is none."""
    parents = {node: parent if parent < node else ROOT for node, parent in enumerate(above)}
    discarded = [node for node in gone if node in parents]
    expected = {}
    for node in parents:
        way = [node]
        while parents[way[-1]] != ROOT:
            way.append(parents[way[-1]])
        tops = [each for each in way if each in gone]
        if tops:
            expected[node] = tops[-1]
    assert branch_of(parents, discarded) == expected


def test_parents_in_a_ring_and_parents_that_are_not_there_end() -> None:
    ring = {1: 2, 2: 3, 3: 1, 4: 99}
    assert branch_of(ring, [4]) == {4: 4}
    assert set(branch_of(ring, [2])) <= {1, 2, 3}


def test_a_deep_chain_is_no_trouble() -> None:
    chain = {node: node - 1 for node in range(1, 50_000)} | {0: ROOT}
    assert len(branch_of(chain, [10])) == 49_990


def test_the_interval_of_none_begins_at_0_and_that_of_all_ends_at_1() -> None:
    for of in range(1, 40):
        none, every = wilson(0, of), wilson(of, of)
        assert not isinstance(none, Undefined)
        assert not isinstance(every, Undefined)
        assert (none.low, every.high) == (0.0, 1.0)


def test_nobody_draws_from_nothing() -> None:
    assert interval_over_tasks([], share_right) is Undefined.TOO_FEW_SAMPLES
