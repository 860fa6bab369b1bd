"""Tables as CSV: whatever a cell holds, a spreadsheet shows it and runs nothing."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.spreadsheet import to_csv

TEXTS = st.text(st.sampled_from("=+-@\t\r\n'\",;a \u202e"), max_size=6)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_it_works() -> None:
    rows = [("a, b", 1, Decimal("0.10"), None), ('say "x"', -0.5, Decimal("1E-7"), 12)]
    assert read(to_csv(["what", "n", "cost", "rest"], rows)) == [
        ["what", "n", "cost", "rest"],
        ["a, b", "1", "0.1", ""],
        ['say "x"', "-0.5", "0.0000001", "12"],
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_text_that_would_be_a_formula_is_quoted(first: str) -> None:
    hostile = f"{first}HYPERLINK(1)"
    assert read(to_csv(["x"], [[hostile]]))[1] == [f"'{hostile}"]


def test_a_negative_number_stays_one() -> None:
    assert to_csv(["x"], [[-3], [Decimal("-2.50")]]).splitlines()[1:] == ["-3", "-2.5"]


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_but_for_the_apostrophe(rows: list[list[str]]) -> None:
    found = read(to_csv(["a", "b"], rows))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
