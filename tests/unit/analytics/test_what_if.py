"""Thresholds, narrower searches, normalisers, caps and turning points say what follows from the recording, no more."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.calibration import brier_score, calibration_error
from traces.analytics.capped import decided_within
from traces.analytics.coverage_law import coverage_law
from traces.analytics.inequality import gini
from traces.analytics.narrower_search import TOP, State, cut_anew
from traces.analytics.normalisers import Normaliser, normalise
from traces.analytics.separation import auc
from traces.analytics.threshold import FirstAccepted, first_accepted
from traces.analytics.turning_point import TurningPoint, turning_point
from traces.analytics.undefined import Undefined, mean_of
from traces.analytics.wilson import wilson

few_scores = st.lists(st.integers(0, 2).map(float), min_size=1, max_size=6)


def test_it_works() -> None:
    assert first_accepted([0.0, 1.0], 2, 0.5) == FirstAccepted(
        chances=[0.0, 1.0], nothing=0.0, draws=1.5
    )


@given(few_scores, st.data())
def test_the_first_accepted_is_counted_over_all_orders(
    scores: list[float], data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, len(scores)))
    found = first_accepted(scores, n, 1.0)
    assert isinstance(found, FirstAccepted)
    orders = list(permutations(range(len(scores))))
    firsts = [next((each for each in order[:n] if scores[each] >= 1), None) for order in orders]
    assert found.nothing == pytest.approx(fmean(first is None for first in firsts))
    for place, chance in enumerate(found.chances):
        assert chance == pytest.approx(fmean(first == place for first in firsts))
    draws = fmean(
        n if first is None else order.index(first) + 1
        for order, first in zip(orders, firsts, strict=True)
    )
    assert found.draws == pytest.approx(draws)


@given(st.lists(st.tuples(st.integers(0, 3).map(float), st.booleans()), max_size=12))
def test_auc_is_the_share_of_pairs_in_the_right_order(scored: list[tuple[float, bool]]) -> None:
    right = [score for score, is_right in scored if is_right]
    wrong = [score for score, is_right in scored if not is_right]
    if not right or not wrong:
        assert isinstance(auc(scored), Undefined)
        return
    pairs = [(a > b) + (a == b) / 2 for a in right for b in wrong]
    assert auc(scored) == pytest.approx(fmean(pairs))


# Two levels: a (best), b and c of the first; two children each of a and b, for c was cut.
SEARCH = [
    State(parent=TOP, value=9),
    State(parent=TOP, value=5),
    State(parent=TOP, value=5, was_cut=True),
    State(parent=0, value=1),
    State(parent=0, value=2),
    State(parent=1, value=7),
    State(parent=1, value=None),
]


def test_a_narrower_beam_visits_less_and_may_miss_what_was_found() -> None:
    recorded = cut_anew(SEARCH, width=2)
    assert (recorded.kept, recorded.returned) == ([[0, 1], [5, 4]], 5)
    narrower = cut_anew(SEARCH, width=1)
    assert (narrower.visited, narrower.returned) == ([0, 1, 2, 3, 4], 4)
    assert narrower.unknown == []


def test_a_wider_beam_says_what_was_not_recorded_and_returns_nothing() -> None:
    wider = cut_anew(SEARCH, width=3)
    assert (wider.unknown, wider.returned) == ([2], None)


def test_a_threshold_that_nothing_reaches_leaves_nothing() -> None:
    assert cut_anew(SEARCH, width=None, threshold=9).returned is None
    assert cut_anew(SEARCH, width=None, threshold=9).unknown == []
    assert cut_anew(SEARCH, width=2, threshold=6).kept == [[0], []]
    assert cut_anew([], width=1).returned is None


@pytest.mark.parametrize(
    ("answer", "how", "expected"),
    [
        (" The  Answer. ", Normaliser.FOLDED, "the answer"),
        ("(1 + 2) * 8 = 24", Normaliser.EXPRESSION, "(1+2)*8"),
        ("so it is 1,200.50 dollars", Normaliser.NUMBER, "1200.5"),
        ("-0.0", Normaliser.NUMBER, "0"),
        ("007", Normaliser.NUMBER, "7"),
        ("none", Normaliser.NUMBER, None),
        (" ", Normaliser.FOLDED, None),
        (" a ", Normaliser.EXACT, " a "),
        (None, Normaliser.EXACT, None),
    ],
)
def test_normalisers_make_answers_comparable(
    answer: str | None, how: Normaliser, expected: str | None
) -> None:
    assert normalise(answer, how) == expected


def test_what_had_been_decided_when_the_cap_was_hit() -> None:
    spent = [Decimal("0.10"), None, Decimal("0.30")]
    assert decided_within(spent, Decimal("0.05")) is None
    assert decided_within(spent, Decimal("0.10")) == 0
    assert decided_within(spent, Decimal("0.29")) == 0
    assert decided_within(spent, Decimal(1)) == 2
    assert decided_within([], Decimal(1)) is None


def test_a_curve_turns_where_it_is_highest_and_ends_lower() -> None:
    curve = [(1, 0.2212), (2, 0.2744), (4, 0.3021), (8, 0.2975), (100, 0.2122)]
    assert turning_point(curve) == TurningPoint(4, 0.3021, 0.2122)
    assert turning_point(curve[:3]) is None
    assert turning_point([(1, Undefined.NO_SAMPLES)]) is None
    assert turning_point([(1, 0.5), (2, 0.5)]) is None


def test_the_interval_of_a_share_is_the_published_one() -> None:
    assert wilson(69, 100) == pytest.approx((0.594, 0.772), abs=5e-4)
    assert wilson(0, 0) is Undefined.NO_SAMPLES
    low, high = wilson(0, 5) if isinstance(wilson(0, 5), tuple) else (1.0, 0.0)
    assert low == 0.0 < high < 1
    with pytest.raises(ValueError, match="no 6 of 5"):
        wilson(6, 5)


def test_statistics_of_nothing_are_undefined_and_never_zero() -> None:
    assert first_accepted([], 1, 0.5) is Undefined.NO_SAMPLES
    assert first_accepted([1.0], 2, 0.5) is Undefined.TOO_FEW_SAMPLES
    assert auc([]) is Undefined.NO_SAMPLES
    assert auc([(1.0, True)]) is Undefined.ONE_CLASS
    assert calibration_error([]) is Undefined.NO_SAMPLES
    assert brier_score([]) is Undefined.NO_SAMPLES
    assert gini([]) is gini([0.0, 0.0]) is Undefined.NO_SAMPLES
    assert coverage_law([]) is Undefined.NO_SAMPLES
    assert coverage_law([1.0, 1.0]) is Undefined.TOO_FEW_SAMPLES
    assert mean_of([]) is Undefined.NO_SAMPLES
    assert mean_of([0.5, Undefined.ONE_CLASS]) is Undefined.ONE_CLASS


def test_confidence_and_inequality_by_hand() -> None:
    told = [(0.95, True), (0.95, False), (0.15, False)]
    assert calibration_error(told) == pytest.approx((0.9 + 0.15) / 3)
    assert brier_score(told) == pytest.approx((0.0025 + 0.9025 + 0.0225) / 3)
    assert gini([1.0, 1.0, 1.0]) == pytest.approx(0)
    assert gini([0.0, 0.0, 0.0, 4.0]) == pytest.approx(0.75)
