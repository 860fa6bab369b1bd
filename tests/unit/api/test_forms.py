"""How single values are written in the API."""

from __future__ import annotations

from decimal import Decimal

import pytest

from traces.api.forms import decimal_text, rfc3339


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000000000Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (1_795_435_200_123_456_789, "2026-11-23T12:00:00.123456789Z"),
        (2**63 - 1, "2262-04-11T23:47:16.854775807Z"),
        (-(2**63), "1677-09-21T00:12:43.145224192Z"),
        (None, None),
    ],
)
def test_every_time_that_fits_in_64_bits_is_written_to_the_nanosecond(
    ns: int | None, text: str | None
) -> None:
    assert rfc3339(ns) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0"),
        ("0.000000000000000000", "0"),
        ("100", "100"),
        ("0.100000000000000000", "0.1"),
        ("1E-18", "0.000000000000000001"),
        ("1E+3", "1000"),
        ("123456789012.123456789012345678", "123456789012.123456789012345678"),
    ],
)
def test_money_is_written_in_full_without_padding(amount: str, text: str) -> None:
    assert decimal_text(Decimal(amount)) == text


def test_unknown_money_is_not_zero() -> None:
    assert decimal_text(None) is None
