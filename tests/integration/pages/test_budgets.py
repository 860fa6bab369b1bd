"""Budgets in the control bar: bars with words, who set what, what was reached, and the form that raises."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client

from deliberation.events import RunEnded
from deliberation.vocabulary import BudgetSource, ObservedState
from tests.integration.build import make_event, make_project, new_run, put_on_record
from tests.integration.control.acts import RUNNER, ask, at, live_run, randbytes
from tests.integration.control.limits import allowed, begun, called, reached
from tests.integration.control.said import run_of
from tests.integration.pages.test_control import address, filled_in, signed_in, text_of
from tests.people import People, make_person
from traces.actions.enforce_budgets import enforce_after_pass
from traces.actions.heartbeat import heartbeat
from traces.actions.hold_lease import Beat
from traces.models import Command
from traces.models.access import Role
from traces.queries.clock import read_clock

RAISE = "raise_budget"


@pytest.fixture
def alice(people: People) -> Client:
    return signed_in(people.alice)


def spending(**facts: object) -> str:
    """A run that may spend fifty cents, warned at forty, and spent 31 by what was recorded."""
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"usd": "0.50"}, **{"soft_budgets": {"usd": "0.40"}, **facts}),
        called(run, "a", "0.31"),
    )
    return run


def heard(run: str, **said: object) -> object:
    """Its program says now what it spent."""
    beat = Beat(
        run_id=uuid.UUID(run), attempt=None, state=ObservedState.RUNNING, holder="host:1:a",
        spent={"usd": "0.31"}, reserved={"usd": "0.04"},
    )  # fmt: skip
    return heartbeat(
        project=make_project().pk, beat=beat, by=RUNNER, now_ns=read_clock(), randbytes=randbytes
    )


def meter(page: str, dimension: str = "usd") -> dict[str, str]:
    """What a meter says of itself."""
    part = page.partition(f'id="budget-{dimension}"')[2].partition('role="meter"')[2]
    return dict(re.findall(r'(aria-[a-z]+)="([^"]*)"', part.partition(">")[0]))


def sent(client: Client, run: str, **typed: str) -> dict[str, str]:
    form = client.get(address(run, RAISE), {"dimension": "usd"}).text
    return filled_in(form, **{"dimension": "usd", "reason": "it is nearly there", **typed})


def test_it_works(alice: Client) -> None:
    run = spending()
    heard(run)
    page = alice.get(address(run)).text
    assert "cost $0.31 of $0.50 · $0.04 reserved" in text_of(page)
    assert meter(page) == {
        "aria-label": "Spent: cost", "aria-valuemin": "0", "aria-valuemax": "100",
        "aria-valuenow": "62", "aria-valuetext": "$0.31 of $0.50 · $0.04 reserved",
    }  # fmt: skip
    assert '<rect x="62.00%" width="8.00%" height="100%" fill="url(#reserved)">' in page
    assert '<rect class="meter__soft" x="80.00%"' in page
    assert "recorded spend" not in page
    assert "warns at $0.40, stops at $0.50 · stated by the program" in text_of(page)
    form = alice.get(address(run, RAISE), {"dimension": "usd"}).text
    assert '<option value="usd" selected>cost: $0.31 of $0.50 · $0.04 reserved</option>' in form
    assert "It can only be raised, unless the box is ticked." in text_of(form)
    answer = alice.post(address(run, RAISE), sent(alice, run, hard="$0.80"))
    assert (answer.status_code, answer["Location"]) == (303, f"/runs/{run}#control")
    said = text_of(alice.get(address(run)).text)
    assert "cost $0.31 of $0.80 · $0.04 reserved" in said
    assert "stops at $0.80 · by user:alice : it is nearly there · version 2" in said
    assert "raise budget" in said
    assert "it is nearly there cost: hard limit $0.80" in said


def test_what_no_program_counts_is_called_recorded(alice: Client) -> None:
    page = text_of(alice.get(address(spending())).text)
    assert "cost $0.31 of $0.50 recorded spend" in page
    assert "reserved" not in page.partition("Budgets")[0]


def test_over_is_told_in_words(alice: Client) -> None:
    run = spending()
    put_on_record(make_project(), called(run, "b", "0.31"))
    page = alice.get(address(run)).text
    assert "$0.62 of $0.50 over by $0.12" in text_of(page)
    assert meter(page)["aria-valuenow"] == "100"
    assert meter(page)["aria-valuetext"] == "$0.62 of $0.50, $0.12 over the limit"
    assert "bar__fill--over" in page


def test_a_soft_limit_alone_no_limit_at_all_and_a_limit_of_nothing(alice: Client) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"tokens": "0", "samples": "9"}, soft_budgets={"usd": "0.40"}),
        called(run, "a", "0.31"),
        allowed(run, "samples", 2),
    )
    page = alice.get(address(run)).text
    said = text_of(page)
    assert "$0.31 of $0.40 (soft limit)" in said
    assert "1 of 0 over by 1" in said
    assert meter(page, "tokens")["aria-valuenow"] == "100"
    assert "samples 0, no limit" in said
    assert 'role="meter"' not in page.partition('id="budget-samples"')[2]


def test_where_a_limit_comes_from(alice: Client) -> None:
    run = spending()
    put_on_record(
        make_project(),
        allowed(run, "tokens", 1, hard=Decimal(9), source=BudgetSource.POLICY, policy="night@3"),
        allowed(run, "depth", 1, hard=Decimal(9), source=BudgetSource.FORK),
    )
    said = text_of(alice.get(address(run)).text)
    assert "stops at 9 · by the policy night@3" in said
    assert "stops at 9 · what the run before had left" in said


def test_hits_stand_in_the_history_with_times_and_what_they_held(alice: Client) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"usd": "2"}, soft_budgets={"usd": "1"}, on_hit={"usd": "pause"}),
        reached(run, "usd", "warn", "soft", limit=Decimal(1), spent=Decimal("1.20"), version=1),
    )
    put_on_record(make_project(), reached(run, "usd", "pause", version=1, at=at(1)))
    page = text_of(alice.get(address(run)).text)
    assert "2 limits reached" in page
    assert "hard limit cost $2.00 of $2.00 spent" in page
    assert "soft limit cost the soft limit of $1.00 was reached 23 Nov 2026, 12:00:00 UTC" in page
    assert "held by the limit of cost : $2.00 of $2.00 spent" in page
    assert "limit reached" in page
    alice.post(address(run, RAISE), sent(alice, run, hard="3"))
    page = text_of(alice.get(address(run)).text)
    assert "held by" not in page
    assert "version 1 · held the run, lifted by user:alice" in page


def test_every_raise_stays_told_by_whoever_made_it(people: People, alice: Client) -> None:
    run = spending()
    for amount, why in (("0.80", "nearly there"), ("0.90", "once more")):
        alice.post(address(run, RAISE), sent(alice, run, hard=amount, reason=why))
    said = text_of(alice.get(address(run)).text)
    assert "set cost warns at $0.40, stops at $0.80 by user:alice : nearly there" in said
    first = said.index("by user:alice : nearly there")
    assert said.index("by user:alice : once more", said.index("2 commands")) < first
    assert "version 2" in said[first:]


def test_half_a_character_in_a_reason_breaks_no_page(alice: Client) -> None:
    run = spending()
    ask(run, "raise_budget", reason="because \ud800\x00")
    assert "because" in text_of(alice.get(address(run)).text)


def test_what_the_server_saw_reached_stays_told_after_a_raise(alice: Client) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"usd": "0.30"}, on_hit={"usd": "warn"}),
        called(run, "a", "0.31"),
    )
    enforce_after_pass(run_ids=[uuid.UUID(run)], now_ns=at(1), randbytes=randbytes)
    assert "hard limit cost $0.31 of $0.30 spent" in text_of(alice.get(address(run)).text)
    alice.post(address(run, RAISE), sent(alice, run, hard="1"))
    said = text_of(alice.get(address(run)).text)
    assert "1 command · 1 limit reached" in said
    assert "hard limit cost $0.31 of $0.30 spent 23 Nov 2026, 12:00:01 UTC · version 1" in said


def test_a_hold_of_a_limit_says_what_lifting_it_means(alice: Client) -> None:
    run = new_run()
    put_on_record(make_project(), begun(run, {"usd": "2"}, on_hit={"usd": "pause"}))
    put_on_record(make_project(), reached(run, "usd", "pause", version=1))
    form = text_of(alice.get(address(run, "resume")).text)
    assert "The hold of the limit of cost ( $2.00 of $2.00 spent ) is lifted." in form
    assert "goes on past this limit" in form


def test_lower_takes_the_box(alice: Client) -> None:
    run = spending()
    less = sent(alice, run, hard="0.40")
    refused = alice.post(address(run, RAISE), less)
    assert refused.status_code == 400
    assert (
        "The hard limit of cost is below the 0.50 that stands: tick the box to lower it."
        in text_of(refused.text)
    )
    assert 'value="0.40"' in refused.text
    assert alice.post(address(run, RAISE), less | {"allow_lower": "1"}).status_code == 303
    assert run_of(run).budgets["usd"]["hard"] == "0.40"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"hard": "a lot"}, "The hard limit of cost must be a decimal number."),
        ({"soft": "-1"}, "The soft limit of cost must be a decimal number from 0"),
        ({}, "Say what is limited, and a new hard limit"), ({"hard": "1", "dimension": "joy"}, "Say what is limited"),
        ({"hard": "1", "reason": " "}, "say why the budget is raised"), ({"hard": "1\x00"}, "must be a decimal number"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_told(alice: Client, typed: dict[str, str], sentence: str) -> None:
    run = spending()
    answer = alice.post(address(run, RAISE), sent(alice, run, **typed))
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert not Command.objects.exists()


def test_a_run_without_limits_can_be_given_one(alice: Client) -> None:
    run = live_run()
    page = alice.get(address(run)).text
    assert "Set a limit…" in page
    assert 'role="meter"' not in page
    assert alice.post(address(run, RAISE), sent(alice, run, hard="1")).status_code == 303
    page = alice.get(address(run)).text
    assert "unknown of $1.00" in text_of(page)
    assert "Set a limit…" not in page


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.REVIEWER, 403), (Role.OPERATOR, 303)]
)
def test_who_may_raise(people: People, alice: Client, role: Role, status: int) -> None:
    run = spending()
    form = sent(alice, run, hard="1")
    olga = signed_in(make_person("olga", project=people.project, role=role))
    page = olga.get(address(run)).text
    assert "$0.31 of $0.50" in page
    assert ("Raise…" in page) == (status == 303)
    assert olga.post(address(run, RAISE), form).status_code == status
    assert (run_of(run).budgets["usd"]["version"] == 2) == (status == 303)


def test_charlie_sees_nothing_and_raises_nothing(people: People, alice: Client) -> None:
    run = spending()
    form, charlie = sent(alice, run, hard="1"), signed_in(people.charlie)
    assert charlie.get(address(run)).status_code == 404
    assert charlie.get(address(run, RAISE)).status_code == 404
    assert charlie.post(address(run, RAISE), form).status_code == 404


def test_words_of_others_are_shown_as_text(alice: Client) -> None:
    run, evil = spending(), '"><script>alert(1)</script>\u202e'
    put_on_record(
        make_project(),
        allowed(run, "usd", 2, hard=Decimal(1), by=evil, reason=evil),
        allowed(run, "tokens", 1, hard=Decimal(1), source=BudgetSource.POLICY, policy=evil),
    )
    assert "<script>alert(1)" not in alice.get(address(run)).text


def test_an_ended_run_shows_its_limits_where_one_was_reached(alice: Client) -> None:
    calm, spent = spending(), spending()
    put_on_record(make_project(), make_event(RunEnded, calm, state=ObservedState.COMPLETED))
    assert 'id="control"' not in alice.get(f"/runs/{calm}").text
    put_on_record(
        make_project(),
        reached(spent, "usd", "stop", limit=Decimal("0.50"), spent=Decimal("0.50"), version=1),
        make_event(RunEnded, spent, state=ObservedState.LIMIT_EXCEEDED),
    )
    page = alice.get(f"/runs/{spent}").text
    assert "$0.50 of $0.50 spent" in text_of(page)
    assert "Raise…" not in page


def test_pages_hear_of_spending_that_no_entry_tells(people: People) -> None:
    run = spending()
    attempt = heard(run).attempt  # type: ignore[attr-defined]

    def again(**said: object) -> tuple[object, ...]:
        beat = Beat(run_id=uuid.UUID(run), attempt=attempt, state=None, holder="host:1:a", **said)  # type: ignore[arg-type]
        return heartbeat(
            project=people.project.pk, beat=beat, by=RUNNER, now_ns=at(1), randbytes=randbytes
        ).changes

    size = run_of(run).size
    assert again(spent={"usd": "0.31"}) == ()
    (change,) = again(spent={"usd": "0.35"})
    assert (change.run, change.seq) == (run, size - 1)  # type: ignore[attr-defined]
    assert len(again(reserved={})) == 1
    assert again() == ()
    assert run_of(run).size == size
