"""Numbers are written for people; unknown is never zero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from deliberation.vocabulary import Fate, ObservedState, VerdictOutcome
from traces.templatetags import fmt


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (None, "–"),
        (Decimal(0), "$0"),
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("0.01"), "$0.01"),
        (Decimal("0.000123"), "$0.00012"),
    ],
)
def test_money_has_its_currency(amount: Decimal | None, written: str) -> None:
    assert fmt.money(amount) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [(None, "–"), (0, "0"), (9999, "9,999"), (45678, "45.7k"), (999_950, "1.00M")],
)
def test_large_counts_are_short(count: int | None, written: str) -> None:
    assert fmt.short(count) == written


@pytest.mark.parametrize(
    ("ns", "written"),
    [
        (None, "–"),
        (12_000, "12 µs"),
        (340_000_000, "340 ms"),
        (3_200_000_000, "3.2 s"),
        (125 * 10**9, "2 min 5 s"),
        (3780 * 10**9, "1 h 3 min"),
    ],
)
def test_durations_are_read_at_a_glance(ns: int | None, written: str) -> None:
    assert fmt.duration(ns) == written


def test_a_time_outside_the_calendar_is_unknown_and_no_error() -> None:
    assert fmt.when(2**63 - 1) != ""
    assert fmt.when(10**30) == "–"
    assert fmt.iso(10**30) == ""
    assert fmt.iso(1_790_000_000_123_456_789).endswith(".123Z")


def test_a_small_share_is_not_called_nothing() -> None:
    assert [fmt.percent(share) for share in (None, 0, 0.001, 0.375)] == [
        "–",
        "0 %",
        "< 1 %",
        "38 %",
    ]


def test_a_bar_stays_within_its_track() -> None:
    assert [fmt.width(share) for share in (None, -1, 0.5, 7)] == [
        "0.00%",
        "0.00%",
        "50.00%",
        "100.00%",
    ]


def test_every_fate_and_verdict_has_a_shape_beside_its_word() -> None:
    fates = [fmt.fate_glyph(fate.value) for fate in Fate]
    marks = [fmt.verdict_mark(outcome.value) for outcome in VerdictOutcome]
    assert len(set(fates)) == len(fates)
    assert len(set(marks)) == len(marks)
    assert "·" not in fates + marks


def test_every_state_has_a_tone_and_only_running_ones_look_live() -> None:
    live = {state.value for state in ObservedState if fmt.state_tone(state.value) == "live"}
    assert live == {"starting", "running"}
