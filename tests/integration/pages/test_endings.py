"""How a run ended is told in plain words, on its page and on the nodes that were cut off."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import RunEnded
from deliberation.vocabulary import NodeStatus, ObservedState
from tests.integration.build import ended, make_event, make_project, new_run, put_on_record, started
from tests.integration.control.acts import ask, at, live_run, stage
from tests.integration.control.limits import begun, reached
from tests.integration.pages.test_control import signed_in, text_of
from tests.people import People


@pytest.fixture
def alice(people: People) -> Client:
    return signed_in(people.alice)


def header(client: Client, run: str) -> str:
    return text_of(client.get(reverse("run-header", args=[run])).text)


def over(run: str, state: str, reason: str | None = None) -> str:
    put_on_record(
        make_project(),
        make_event(RunEnded, run, state=ObservedState(state), stop_reason=reason, at=at(9)),
    )
    return run


def limited(**facts: object) -> str:
    """A run that a limit ended while a node was under way."""
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"usd": "0.50", "model_calls": "9"}, soft_budgets={"usd": "0.40"}),
        started(run, "a"),
        reached(run, "usd", "warn", "soft", limit=Decimal("0.4"), spent=Decimal("0.4"), at=at(1)),
        reached(run, "usd", "stop", limit=Decimal("0.5"), spent=Decimal("0.4992"), at=at(2)),
        ended(run, "a", status=NodeStatus.CANCELLED),
    )
    return over(run, "limit_exceeded", "stopped: limit")


def test_it_works(alice: Client) -> None:
    run = limited()
    assert "ended: limit exceeded, $0.50 of $0.50" in header(alice, run)
    panel = text_of(alice.get(reverse("node", args=[run, "a"])).text)
    assert "Cut off before it was done. The run ended: limit exceeded, $0.50 of $0.50 ." in panel


def test_of_several_limits_the_last_one_ended_it(alice: Client) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"usd": "0.50", "model_calls": "9"}),
        reached(run, "usd", "warn", limit=Decimal("0.5"), spent=Decimal("0.5"), at=at(1)),
        reached(run, "model_calls", "stop", limit=Decimal(9), spent=Decimal(9), at=at(2)),
    )
    over(run, "limit_exceeded", "stopped: limit")
    assert "ended: limit exceeded, 9 of 9 model calls" in header(alice, run)


def test_a_limit_that_nobody_told_of_is_still_one(alice: Client) -> None:
    assert "ended: limit exceeded" in header(
        alice, over(live_run(), "limit_exceeded", "stopped: limit")
    )


def test_a_stop_says_who_and_why(alice: Client) -> None:
    run = live_run()
    ask(run, "stop", "c1", reason="it spends_too much")
    stage(run, "c1", "acknowledged")
    over(run, "cancelled", "stopped: operator")
    stage(run, "c1", "applied", now=10)
    assert "ended: stopped by user:alice: it spends_too much" in header(alice, run)


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("cancelled", "stopped: operator", "ended: stopped by a command"),
        ("cancelled", "stopped: fenced", "another process took the run over"),
        ("rejected", "stopped: rejected", "a person refused an action"),
        ("cancelled", "stopped: disconnected", "silent for too long"),
        ("completed", "max_steps", "ended: max steps"),
        ("failed", "ValueError", "ended: ValueError"),
    ],
)
def test_other_ends(alice: Client, state: str, reason: str, words: str) -> None:
    assert words in header(alice, over(live_run(), state, reason))


def test_a_run_that_goes_on_and_one_that_says_nothing_have_no_words(alice: Client) -> None:
    assert "ended:" not in header(alice, live_run())
    assert "ended:" not in header(alice, over(live_run(), "completed"))


def test_a_node_that_was_cut_off_in_a_run_that_goes_on(alice: Client) -> None:
    run = live_run()
    put_on_record(make_project(), started(run, "b"), ended(run, "b", status=NodeStatus.CANCELLED))
    panel = text_of(alice.get(reverse("node", args=[run, "b"])).text)
    assert "Cut off before it was done." in panel
    assert "The run ended" not in panel


def test_reasons_are_shown_as_text(alice: Client) -> None:
    page = alice.get(f"/runs/{over(live_run(), 'failed', '<script>alert(1)</script>')}").text
    assert "<script>alert(1)" not in page
