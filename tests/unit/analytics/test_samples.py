"""Formulas over samples with verdicts agree with what they stand for: counting all draws."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.best_of_n import best_of_n, mean_best_of_n
from traces.analytics.confusion import Confusion, count_confusion
from traces.analytics.dual_agreement import Behaved, dual_agreement
from traces.analytics.pass_at_k import (
    mean_pass_at_k,
    mean_pass_hat_k,
    pass_at_k,
    pass_hat_k,
)
from traces.analytics.undefined import Undefined, is_known

scored = st.lists(st.tuples(st.integers(0, 3).map(float), st.booleans()), min_size=1, max_size=7)
judged = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30)


def test_it_works() -> None:
    assert pass_at_k(10, 3, 1) == pytest.approx(0.3)
    assert pass_at_k(4, 1, 2) == pytest.approx(0.5)
    assert best_of_n([(1.0, False), (2.0, True)], 2) == 1.0
    assert count_confusion([(True, True), (True, False)]) == Confusion(1, 1, 0, 0)


@given(scored, st.data())
def test_pass_at_k_is_the_share_of_draws_that_hold_a_right_one(
    samples: list[tuple[float, bool]], data: st.DataObject
) -> None:
    rights = [right for _, right in samples]
    k = data.draw(st.integers(1, len(rights)))
    counted = fmean(any(draw) for draw in combinations(rights, k))
    assert pass_at_k(len(rights), sum(rights), k) == pytest.approx(counted)
    whole = fmean(all(draw) for draw in combinations(rights, k))
    assert pass_hat_k(len(rights), sum(rights), k) == pytest.approx(whole)


@given(scored, st.data())
def test_best_of_n_is_the_mean_over_all_draws_with_ties_shared(
    samples: list[tuple[float, bool]], data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, len(samples)))
    draws = combinations(samples, n)
    assert best_of_n(samples, n) == pytest.approx(fmean(right_of_best(draw) for draw in draws))


def right_of_best(draw: tuple[tuple[float, bool], ...]) -> float:
    best = max(score for score, _ in draw)
    return fmean(right for score, right in draw if score == best)


@given(st.integers(1, 200), st.data())
def test_more_samples_never_lower_pass_at_k(samples: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, samples))
    curve = [pass_at_k(samples, correct, k) for k in range(1, samples + 1)]
    known = [value for value in curve if is_known(value)]
    assert known == curve == sorted(known)
    assert curve[-1] == float(correct > 0)


@given(scored)
def test_a_score_that_says_nothing_is_as_good_as_chance(samples: list[tuple[float, bool]]) -> None:
    flat = [(1.0, right) for _, right in samples]
    chance = fmean(right for _, right in samples)
    for n in range(1, len(flat) + 1):
        assert best_of_n(flat, n) == pytest.approx(chance)


@given(scored)
def test_a_score_that_knows_the_truth_reaches_pass_at_k(samples: list[tuple[float, bool]]) -> None:
    oracle = [(float(right), right) for _, right in samples]
    correct = sum(right for _, right in samples)
    for n in range(1, len(oracle) + 1):
        assert best_of_n(oracle, n) == pytest.approx(pass_at_k(len(oracle), correct, n))


def test_too_few_samples_are_unknown_and_not_zero() -> None:
    assert pass_at_k(3, 3, 4) is Undefined.TOO_FEW_SAMPLES
    assert pass_at_k(0, 0, 1) is Undefined.NO_SAMPLES
    assert pass_hat_k(3, 3, 4) is Undefined.TOO_FEW_SAMPLES
    assert mean_pass_hat_k([], 1) is Undefined.NO_SAMPLES
    assert best_of_n([(1.0, True)], 2) is Undefined.TOO_FEW_SAMPLES
    assert mean_pass_at_k([(10, 5), (3, 1)], 5) is Undefined.TOO_FEW_SAMPLES
    assert mean_pass_at_k([], 1) is Undefined.NO_SAMPLES
    assert mean_best_of_n([], 1) is Undefined.NO_SAMPLES
    assert dual_agreement([]) is Undefined.NO_SAMPLES


@pytest.mark.parametrize(("samples", "correct", "k"), [(3, 4, 1), (3, -1, 1), (3, 1, 0)])
def test_counts_that_contradict_each_other_are_refused(samples: int, correct: int, k: int) -> None:
    with pytest.raises(ValueError, match="samples"):
        pass_at_k(samples, correct, k)


@given(judged)
def test_the_four_counts_are_all_of_them_and_rates_are_shares(
    pairs: list[tuple[bool, bool]],
) -> None:
    found = count_confusion(pairs)
    counts = (found.true_accepts, found.false_accepts, found.false_rejects, found.true_rejects)
    assert sum(counts) == len(pairs)
    if is_known(found.precision) and is_known(found.false_discovery_rate):
        assert found.precision + found.false_discovery_rate == pytest.approx(1)
    if is_known(found.recall) and is_known(found.false_reject_rate):
        assert found.recall + found.false_reject_rate == pytest.approx(1)


def test_false_accepts_and_false_discoveries_are_different_shares() -> None:
    """Reflexion on MBPP-py: the paper's "FP .16" is the second."""
    found = Confusion(242, 47, 64, 44)
    assert found.false_accept_rate == pytest.approx(0.5165, abs=5e-5)
    assert found.false_discovery_rate == pytest.approx(0.1626, abs=5e-5)
    assert found.precision == pytest.approx(0.8374, abs=5e-5)
    assert found.recall == pytest.approx(0.7908, abs=5e-5)
    assert Confusion().precision is Undefined.NO_SAMPLES


def behaved(cluster: str | None, passed: int, *, right: bool) -> Behaved:
    return Behaved(cluster=cluster, checks_passed=passed, is_right=right)


def test_four_that_agree_beat_one_that_passes_a_few_more_tests() -> None:
    many = [behaved("a", 5, right=True)] * 4
    assert dual_agreement([*many, behaved("b", 9, right=False)]) == 1.0
    assert dual_agreement([*many, behaved("b", 11, right=False)]) == 0.0


def test_sets_that_are_equal_are_taken_together_and_who_has_no_set_stands_alone() -> None:
    tied = [behaved("a", 2, right=True), behaved("b", 2, right=False)]
    assert dual_agreement(tied) == 0.5
    unloaded = [behaved(None, 0, right=False)] * 3
    assert dual_agreement([*unloaded, behaved("a", 0, right=True)]) == 0.25
