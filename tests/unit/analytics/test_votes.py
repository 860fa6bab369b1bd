"""Votes over recorded samples are what counting every draw gives, ties shared, and nothing is drawn at random."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.best_of_n import best_of_n, chances_of_best
from traces.analytics.contest import legendre
from traces.analytics.pass_at_k import pass_at_k, pass_hat_k
from traces.analytics.undefined import Undefined
from traces.analytics.votes import (
    Cluster,
    chances_by_votes,
    chances_by_weight,
    maj_at_k,
)

answers = st.lists(st.sampled_from([None, "a", "b", "c", "d"]), min_size=1, max_size=8).filter(any)
SCORES = [-0.5, 0.0, 0.1, 0.2, 0.3, 1.0]


def test_it_works() -> None:
    assert chances_by_votes(["a", "a", "b"], 3) == pytest.approx([0.5, 0.5, 0.0])
    assert chances_by_votes(["a", "b"], 1) == pytest.approx([0.5, 0.5])
    assert chances_by_weight(["a", "a", "b"], [0.1, 0.2, 0.3], 3) == pytest.approx(
        [0.25, 0.25, 0.5]
    )
    assert maj_at_k([("a", True), ("a", True), ("b", False)], 2) == pytest.approx(2 / 3)


@given(answers, st.data())
def test_the_most_votes_are_counted_over_all_draws(
    clusters: list[Cluster], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(clusters)))
    weights = [Fraction(1)] * len(clusters)
    assert chances_by_votes(clusters, k) == pytest.approx(counted(clusters, weights, k))


@given(answers, st.data())
def test_the_greatest_sum_of_scores_is_counted_over_all_draws(
    clusters: list[Cluster], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(clusters)))
    count = len(clusters)
    scores = data.draw(st.lists(st.sampled_from(SCORES), min_size=count, max_size=count))
    exact = [Fraction(str(each)) for each in scores]
    assert chances_by_weight(clusters, scores, k) == pytest.approx(counted(clusters, exact, k))


def counted(clusters: Sequence[Cluster], weights: Sequence[Fraction], k: int) -> list[float]:
    """Every draw, one by one."""
    chances = [0.0] * len(clusters)
    draws = list(combinations(range(len(clusters)), k))
    for draw in draws:
        sums: defaultdict[Cluster, Fraction] = defaultdict(Fraction)
        for each in draw:
            if clusters[each] is not None:
                sums[clusters[each]] += weights[each]
        best = [name for name in sums if sums[name] == max(sums.values())]
        for name in best:
            alike = [place for place, cluster in enumerate(clusters) if cluster == name]
            for place in alike:
                chances[place] += 1 / (len(best) * len(alike) * len(draws))
    return chances


@given(answers)
def test_a_vote_of_one_is_any_sample_and_of_all_the_whole(clusters: list[Cluster]) -> None:
    of_one = chances_by_votes(clusters, 1)
    assert of_one == pytest.approx([0 if c is None else 1 / len(clusters) for c in clusters])
    of_all = chances_by_votes(clusters, len(clusters))
    assert isinstance(of_all, list)
    assert sum(of_all) == pytest.approx(1)


def test_equal_scores_of_weighted_votes_are_plain_votes() -> None:
    clusters = ["a", "b", "b", None, "c", "c", "a", "b"]
    for k in range(1, 9):
        weighted = chances_by_weight(clusters, [0.7] * 8, k)
        assert weighted == pytest.approx(chances_by_votes(clusters, k))


def test_tenths_are_compared_as_they_are_written() -> None:
    """0.1 + 0.2 is 0.3, though not as floats: a tie, and shared."""
    assert chances_by_weight(["a", "a", "b"], [0.1, 0.2, 0.3], 3) == pytest.approx(
        [0.25, 0.25, 0.5]
    )


def test_ten_thousand_samples_overflow_nothing() -> None:
    alone = list(range(10_000))
    found = chances_by_votes(alone, 5_000)
    assert isinstance(found, list)
    assert sum(found) == pytest.approx(1, abs=1e-10)
    lopsided = ["a"] * 9_000 + ["b"] * 1_000
    assert maj_at_k([(each, each == "a") for each in lopsided], 101) == pytest.approx(1, abs=1e-10)
    assert pass_at_k(10_000, 1, 5_000) == pytest.approx(0.5)
    assert pass_hat_k(10_000, 9_999, 5_000) == pytest.approx(0.5)
    scored = [(float(place), place == 9_999) for place in range(10_000)]
    assert best_of_n(scored, 5_000) == pytest.approx(0.5)
    assert best_of_n(scored, 1) == pytest.approx(1e-4)


def test_too_many_sums_are_said_to_be_too_many_and_not_guessed() -> None:
    scores = [0.5 + 2.0**-each for each in range(40)]
    assert chances_by_weight(["a"] * 40, scores, 20) is Undefined.TOO_MANY_WAYS


def test_votes_of_nothing_are_undefined_and_no_chance() -> None:
    assert chances_by_votes([], 1) is Undefined.NO_SAMPLES
    assert chances_by_votes(["a"], 2) is Undefined.TOO_FEW_SAMPLES
    assert chances_by_votes([None, None], 1) is Undefined.NO_VOTES
    assert chances_by_weight([], [], 1) is Undefined.NO_SAMPLES
    assert chances_of_best([], 1) is Undefined.NO_SAMPLES
    assert maj_at_k([], 3) is Undefined.NO_SAMPLES
    assert maj_at_k([(None, False)], 1) == 0.0
    with pytest.raises(ValueError, match="no vote of 0"):
        chances_by_votes(["a"], 0)


@given(st.integers(1, 40), st.data())
def test_the_rule_of_gauss_and_legendre_is_exact_up_to_its_degree(
    count: int, data: st.DataObject
) -> None:
    degree = data.draw(st.integers(0, 2 * count - 1))
    assert sum(weight * y**degree for y, weight in legendre(count)) == pytest.approx(
        1 / (degree + 1)
    )
