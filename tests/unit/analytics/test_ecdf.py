"""The empirical distribution: quantiles that were observed, and steps that never lie by more than they say."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.ecdf import quantile, steps

SAMPLES = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=80).map(sorted)
SHARES = st.fractions(min_value=Fraction(1, 1000), max_value=1)


def share_at_most(sample: list[float], value: float) -> Fraction:
    return Fraction(sum(each <= value for each in sample), len(sample))


def test_it_works() -> None:
    assert quantile([1, 2, 3, 4], Fraction(1, 2)) == 2
    assert steps([1.0, 1.0, 3.0, 4.0]) == [(1, 0.5), (3, 0.75), (4, 1.0)]


def test_the_95th_of_twenty_is_the_nineteenth() -> None:
    assert quantile(list(range(1, 21)), Fraction(95, 100)) == 19


@given(SAMPLES, SHARES)
def test_a_quantile_is_the_least_observation_that_reaches_its_share(
    sample: list[float], p: Fraction
) -> None:
    found = quantile(sample, p)
    assert found == min(value for value in sample if share_at_most(sample, value) >= p)


@given(SAMPLES, st.integers(1, 20))
def test_each_step_is_exact_and_few_are_kept(sample: list[float], at_most: int) -> None:
    found = steps(sample, at_most)
    assert len(found) <= at_most
    assert [step.share for step in found] == [
        float(share_at_most(sample, step.value)) for step in found
    ]
    assert found[-1] == (sample[-1], 1.0)


@given(SAMPLES, st.integers(1, 20))
def test_what_lies_between_two_steps_is_less_than_one_rank_s_share(
    sample: list[float], at_most: int
) -> None:
    found = steps(sample, at_most)
    before = 0.0
    for step in found:
        just_below = max((v for v in sample if v < step.value), default=None)
        if just_below is not None:
            assert bisect_right(sample, just_below) / len(sample) - before < 1 / at_most + 1e-9
        before = step.share


@pytest.mark.parametrize("p", [Fraction(0), Fraction(3, 2), Fraction(-1, 2)])
def test_no_other_share_has_a_quantile(p: Fraction) -> None:
    with pytest.raises(ValueError, match="share"):
        quantile([1], p)


def test_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        quantile([], Fraction(1, 2))
