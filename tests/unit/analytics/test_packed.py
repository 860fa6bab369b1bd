"""Columns in few bytes give back what was put in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, Inexact

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.packed import Amounts, Numbers, Words
from traces.analytics.tree import ROOT, Sums, lay_out

WHOLE = (
    st.none() | st.integers(-(2**70), 2**70) | st.sampled_from([-(2**63), -(2**63) + 1, 2**63 - 1])
)
MONEY = st.none() | st.integers(-(10**40), 10**40).map(lambda units: Decimal(f"{units}E-18"))
NAMES = st.none() | st.sampled_from(["kept", "discarded", "", "none"]) | st.text(max_size=3)


def read_one_by_one(column: Sequence[object]) -> list[object]:
    """What stands at each place, asked for alone, from the front and from the end."""
    ahead = [column[at] for at in range(len(column))]
    assert ahead == [column[at - len(column)] for at in range(len(column))]
    return ahead


def test_it_works() -> None:
    numbers = Numbers([3, None])
    numbers.extend([4])
    assert list(numbers) == [3, None, 4]
    assert numbers.known == 2
    assert list(Amounts([Decimal("0.10"), None])) == [Decimal("0.1"), None]
    words = Words(["b", None, "a", "b"])
    assert (list(words), words.names, list(words.codes)) == (
        ["b", None, "a", "b"],
        ["b", "a"],
        [0, -1, 1, 0],
    )


@given(st.lists(WHOLE), st.lists(WHOLE))
def test_numbers_of_any_size_come_back(first: list[int | None], more: list[int | None]) -> None:
    column = Numbers(first)
    column.extend(more)
    assert list(column) == read_one_by_one(column) == column[:] == first + more
    rows = list(range(len(column)))[::-1]
    assert list(column.of(rows)) == (first + more)[::-1]


@given(st.lists(MONEY))
def test_money_comes_back_to_the_last_decimal(amounts: list[Decimal | None]) -> None:
    column = Amounts(amounts)
    assert list(column) == read_one_by_one(column) == column[:] == amounts


def test_money_finer_than_the_tables_keep_is_refused_and_not_rounded() -> None:
    with pytest.raises(Inexact):
        Amounts([Decimal("1e-19")])


@given(st.lists(NAMES), st.lists(NAMES))
def test_words_come_back(first: list[str | None], more: list[str | None]) -> None:
    column: Words[str | None] = Words(first)
    column.extend(more)
    assert list(column) == read_one_by_one(column) == column[:] == first + more
    assert column.names == [word for word in dict.fromkeys(first + more) if word is not None]


@given(st.lists(WHOLE, min_size=1))
def test_the_sum_of_all_is_that_of_what_is_known(values: list[int | None]) -> None:
    shape = lay_out(range(len(values)), [ROOT, *range(len(values) - 1)], [None] * len(values))
    known = [each for each in values if each is not None]
    assert Sums(shape, Numbers(values), 0).of(0) == (sum(known) if known else None)


@given(st.lists(MONEY, min_size=1))
def test_so_is_that_of_money(values: list[Decimal | None]) -> None:
    shape = lay_out(range(len(values)), [ROOT, *range(len(values) - 1)], [None] * len(values))
    units = [int(each.scaleb(18)) for each in values if each is not None and abs(each) < 10**9]
    small = Amounts([None if each is None or abs(each) >= 10**9 else each for each in values])
    expected = Decimal(f"{sum(units)}E-18") if units else None
    assert Sums(shape, small, Decimal(0)).of(0) == expected
