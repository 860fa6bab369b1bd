"""Signing in with a name and a password, and guessing one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.people import PASSWORD, People
from traces.views.attempts import MOST


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(name: str, password: str, address: str = "10.0.0.1") -> bool:
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post("/sign-in", form).status_code == 302


def guess(name: str, times: int) -> None:
    for _ in range(times):
        assert not sign_in(name, "wrong")


def test_it_works(people: People) -> None:
    assert sign_in("alice", PASSWORD)


def test_whoever_guesses_has_to_pause_and_the_right_password_does_not_help(people: People) -> None:
    guess("alice", MOST)
    assert not sign_in("alice", PASSWORD)
    assert not sign_in("Alice", PASSWORD)


def test_a_pause_is_for_that_name_from_that_address(people: People) -> None:
    guess("alice", MOST)
    assert sign_in("bob", PASSWORD)
    assert sign_in("alice", PASSWORD, address="10.0.0.2")


def test_whoever_gets_it_right_in_time_starts_anew(people: People) -> None:
    for _ in range(2):
        guess("alice", MOST - 1)
        assert sign_in("alice", PASSWORD)


@pytest.mark.parametrize(
    "next_page", ["//evil.example/", "https://evil.example", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere_by_signing_in(people: People, next_page: str) -> None:
    form = {"username": "bob", "password": PASSWORD, "next": next_page}
    assert Client().post("/sign-in", form).headers["Location"] == "/"
