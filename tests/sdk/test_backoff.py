"""Waits grow, are spread, and keep to what the server asks."""

from __future__ import annotations

import datetime as dt

import pytest

from deliberation.client.backoff import Backoff
from deliberation.client.transport import Answer

NOW = dt.datetime(2026, 1, 1, 12, 0, 0, tzinfo=dt.UTC)


def make(random=0.0):
    return Backoff(first=1.0, most=10.0, random=lambda: random)


def test_it_works():
    backoff = make()
    backoff.fail(100.0, None)
    assert backoff.left(100.0) == 1.0
    assert backoff.left(101.5) == 0.0


def test_waits_double_up_to_the_longest():
    backoff = make()
    waits = []
    for _ in range(6):
        backoff.fail(0.0, None)
        waits.append(backoff.left(0.0))
    assert waits == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_wait_is_shortened_by_up_to_half():
    backoff = make(random=1.0)
    backoff.fail(0.0, None)
    assert backoff.left(0.0) == 0.5


def test_a_wait_can_be_hurried_unless_the_server_asked_for_it():
    backoff = make()
    backoff.fail(0.0, None)
    backoff.hurry()
    assert backoff.left(0.0) == 0.0
    backoff.fail(0.0, 7.0)
    backoff.hurry()
    assert backoff.left(0.0) == 7.0


def test_no_server_is_waited_for_for_ever():
    backoff = make()
    backoff.fail(0.0, 1e9)
    assert backoff.left(0.0) == 300.0


def test_success_forgets():
    backoff = make()
    backoff.fail(0.0, 5.0)
    backoff.succeed()
    assert (backoff.left(0.0), backoff.failures) == (0.0, 0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(said, seconds):
    assert Answer(429, {"retry-after": said}, b"").retry_after(NOW) == seconds
