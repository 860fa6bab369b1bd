"""When an answer was decided: leads, flips, and the last spending that changed anything."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.decision import (
    Meter,
    Proposal,
    Rule,
    count_flips,
    first_there,
    follow_leads,
    last_useful,
)

ANSWERS = st.sampled_from("abc")
PROPOSALS = st.lists(
    st.tuples(st.integers(0, 20), ANSWERS, st.one_of(st.none(), st.integers(0, 5).map(float))),
    max_size=25,
).map(
    lambda found: [
        Proposal(at=at, ordinal=ordinal, answer=answer, value=value)
        for ordinal, (at, answer, value) in enumerate(found)
    ]
)
SPENDINGS = st.lists(st.tuples(st.integers(0, 20), st.decimals(0, 9, places=2)), max_size=20)


def proposed(*answers: str, values: tuple[float | None, ...] = ()) -> list[Proposal]:
    return [
        Proposal(at=at, ordinal=at, answer=answer, value=values[at] if values else None)
        for at, answer in enumerate(answers)
    ]


def leads(*answers: str, rule: Rule, values: tuple[float | None, ...] = ()) -> list[str]:
    found = follow_leads(proposed(*answers, values=values), rule)
    return [f"{lead.at}{lead.answer}" for lead in found]


def test_it_works() -> None:
    assert leads("a", "b", "b", "a", "a", rule=Rule.VOTES) == ["0a", "2b", "4a"]
    assert leads("a", "b", "a", rule=Rule.VALUE, values=(1, 3, 2)) == ["0a", "1b"]
    assert leads("a", "a", "b", rule=Rule.LATEST) == ["0a", "2b"]


def test_of_equals_the_one_that_was_best_stays_so() -> None:
    assert leads("a", "b", rule=Rule.VOTES) == ["0a"]
    assert leads("a", "b", rule=Rule.VALUE, values=(2, 2)) == ["0a"]


def test_what_has_no_value_never_leads_by_value() -> None:
    assert leads("a", "b", rule=Rule.VALUE, values=(None, -1)) == ["1b"]
    assert leads("a", rule=Rule.VALUE, values=(None,)) == []


def test_a_value_below_zero_may_lead() -> None:
    assert leads("a", "b", rule=Rule.VALUE, values=(-3, -1)) == ["0a", "1b"]


def test_the_last_useful_moment_is_that_of_the_last_flip_to_what_was_returned() -> None:
    found = follow_leads(proposed("a", "b", "a"), Rule.LATEST)
    assert (count_flips(found), last_useful(found, "a"), last_useful(found, "b")) == (2, 2, None)
    assert first_there(proposed("a", "b", "a"), "a") == 0
    assert first_there([], "a") is None


def test_what_a_moment_costs_is_spent_at_it() -> None:
    meter = Meter([(5, Decimal("0.2")), (1, Decimal("0.1"))])
    assert [meter.until(at) for at in (0, 1, 4, 5, 9)] == [
        Decimal(each) for each in ("0", "0.1", "0.1", "0.3", "0.3")
    ]
    assert Meter([]).total == 0


@given(SPENDINGS, st.integers(0, 20))
def test_spending_only_grows_and_adds_up(spendings: list[tuple[int, Decimal]], at: int) -> None:
    meter = Meter(spendings)
    assert meter.until(at) == sum((each for when, each in spendings if when <= at), Decimal(0))
    assert meter.until(at) <= meter.until(at + 1) <= meter.total


@given(PROPOSALS, st.sampled_from(Rule))
def test_leads_come_in_order_and_each_is_another_answer(
    proposals: list[Proposal], rule: Rule
) -> None:
    found = follow_leads(proposals, rule)
    assert [lead.at for lead in found] == sorted(lead.at for lead in found)
    assert all(a.answer != b.answer for a, b in pairwise(found))


@given(PROPOSALS, st.sampled_from(Rule), st.integers(0, 20))
def test_what_comes_later_changes_no_earlier_lead(
    proposals: list[Proposal], rule: Rule, at: int
) -> None:
    """The best answer at a moment is what the run would have returned had it stopped there."""
    early = follow_leads([each for each in proposals if each.at <= at], rule)
    assert early == [lead for lead in follow_leads(proposals, rule) if lead.at <= at]


@given(PROPOSALS)
def test_the_lead_at_the_end_has_the_most_votes(proposals: list[Proposal]) -> None:
    found = follow_leads(proposals, Rule.VOTES)
    votes = {each: sum(p.answer == each for p in proposals) for each in "abc"}
    assert not proposals or votes[found[-1].answer] == max(votes.values())
