"""Which answer is ahead, entry by entry, is what following all proposals up to then comes to."""

from __future__ import annotations

import random
import uuid

import pytest

from traces.analytics.decision import Proposal, Rule, follow_leads
from traces.playback.lead import Lead
from traces.projection.states import RunState


def run(**known: object) -> RunState:
    row = RunState(run_id=uuid.uuid4(), project_id=1, source="sdk", trace_id=None)
    for name, value in known.items():
        setattr(row, name, value)
    return row


def propose(
    lead: Lead, at: int, label: str, *, votes: int | None = None, value: float | None = None
) -> None:
    lead.note(f"n{at}", ordinal=at, label=label, votes=votes, value=value)


def test_it_works() -> None:
    lead = Lead()
    assert lead.best(run()) is None
    propose(lead, 1, "24")
    best = lead.best(run())
    assert best is not None
    assert (best.ordinal, best.rule, best.strength) == (1, Rule.LATEST, None)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("rule", [Rule.VOTES, Rule.VALUE])
def test_the_lead_is_that_of_all_proposals_so_far(rule: Rule, seed: int) -> None:
    chance, lead, proposals = random.Random(seed), Lead(), []
    row = run(rule="majority vote") if rule is Rule.VOTES else run(rule="argmax", margin_unit="")
    for at in range(1, 40):
        label = chance.choice("abc")
        value = round(chance.random(), 1) if rule is Rule.VALUE else None
        propose(lead, at, label, value=value)
        proposals.append(Proposal(at=at, ordinal=at, answer=label, value=value))
        leads, best = follow_leads(proposals, rule), lead.best(row)
        assert best is not None
        assert best.rule is rule
        assert proposals[best.ordinal - 1].answer == leads[-1].answer


def test_a_value_that_falls_gives_the_lead_to_the_next() -> None:
    lead, row = Lead(), run(margin_unit="value")
    propose(lead, 1, "a", value=0.9)
    propose(lead, 2, "b", value=0.5)
    propose(lead, 1, "a", value=0.1)
    best = lead.best(row)
    assert best is not None
    assert (best.ordinal, best.strength) == (2, 0.5)


def test_votes_that_were_stated_count_and_an_answer_may_be_taken_back() -> None:
    lead, row = Lead(), run()
    propose(lead, 1, "a", votes=2)
    propose(lead, 2, "b", votes=5)
    best = lead.best(row)
    assert best is not None
    assert (best.ordinal, best.rule, best.strength) == (2, Rule.VOTES, 5)
    propose(lead, 2, "a", votes=5)
    best = lead.best(row)
    assert best is not None
    assert best.strength == 7


def test_what_could_not_be_parsed_leads_nowhere() -> None:
    lead = Lead()
    lead.note("n1", ordinal=1, label=None, votes=None, value=0.9)
    assert lead.best(run()) is None
