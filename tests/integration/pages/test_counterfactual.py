"""What would it have answered: by another rule, from fewer samples, a narrower search or a tighter budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    FateDecided,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    DiscardReason,
    Fate,
    NodeKind,
    ObservedState,
    Strategy,
    VerdictOutcome,
)
from tests.integration.build import NOW_NS, SECOND, make_event, new_run, observed, put_on_record
from tests.people import People
from traces.analytics.undefined import Undefined
from traces.queries.counterfactual import get_counterfactual
from traces.queries.what_if import Asked, Counterfactual, WhatIf

ANSWERS = [
    ("a", True, 0.9),
    ("b", False, 0.2),
    ("b", False, 0.1),
    ("a", True, 0.8),
    ("c", False, 1.0),
]


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


@pytest.fixture
def run(people: People) -> str:
    """Five samples at ten cents: two right (a), two b, and a wrong one that the judge likes best."""
    made = new_run()
    events: list[Any] = [make_event(RunStarted, made, strategy=Strategy.BEST_OF_N)]
    for at, (answer, right, score) in enumerate(ANSWERS, 1):
        cost = Cost(amount=Decimal("0.10"), provenance=CostProvenance.REPORTED)
        events += [
            observed(
                made,
                f"s{at}",
                node_kind=NodeKind.MODEL_CALL,
                ended_at=NOW_NS + at * SECOND,
                cost=cost,
                cost_basis=CostBasis.MEASURED,
            ),
            make_event(
                CandidateProposed,
                made,
                node=f"s{at}",
                answer=answer,
                correct=right,
                at=NOW_NS + at * SECOND,
            ),
            make_event(
                VerdictGiven,
                made,
                node=f"s{at}",
                verifier="judge",
                outcome=VerdictOutcome.UNSURE,
                score=score,
            ),
        ]
    events += [
        make_event(AnswerSelected, made, node="s5", rule="best score"),
        make_event(RunEnded, made, state=ObservedState.COMPLETED, answer="c"),
    ]
    put_on_record(people.project, *events)
    return made


def what_if(people: People, run: str, **asked: Any) -> Counterfactual:
    return get_counterfactual(who=people.bob, run_id=run, asked=Asked(**asked))


def test_it_works(people: People, run: str) -> None:
    """The best of all five is wrong; of one it is right in two of five; in between it falls."""
    whole = what_if(people, run, rule=WhatIf.BEST)
    assert (whole.right, whole.wrong, whole.cost) == (0.0, 1.0, Decimal("0.50"))
    assert [each.answer for each in whole.answers if each.is_recorded] == ["c"]
    one = what_if(people, run, rule=WhatIf.BEST, n=1)
    assert one.right == pytest.approx(0.4)
    assert one.cost == Decimal("0.10")
    assert not one.is_estimated
    assert (one.right_of, one.samples) == (2, 5)
    assert whole.turning is not None
    assert whole.turning.at == 2
    assert [each.n for each in whole.curve] == [1, 2, 4, 5]


def test_votes_share_a_tie_and_the_normaliser_is_part_of_it(people: People, run: str) -> None:
    found = what_if(people, run, rule=WhatIf.VOTES)
    assert {each.answer: round(each.chance, 9) for each in found.answers} == {"a": 0.5, "b": 0.5}
    by_weight = what_if(people, run, rule=WhatIf.WEIGHTED)
    assert [each.answer for each in by_weight.answers] == ["a"]


def test_the_first_accepted_costs_what_is_drawn_until_then(people: People, run: str) -> None:
    found = what_if(people, run, rule=WhatIf.ACCEPTED, threshold=0.9)
    assert found.right == pytest.approx(0.5)
    assert found.draws == pytest.approx(2.0)
    assert found.cost == pytest.approx(Decimal("0.20"))
    assert what_if(people, run, rule=WhatIf.ACCEPTED, threshold=2).nothing == 1


def test_a_cap_says_what_was_the_best_answer_by_then(people: People, run: str) -> None:
    found = what_if(people, run, rule=WhatIf.CAP, cap=Decimal("0.30"))
    assert [each.answer for each in found.answers] == ["b"]  # two votes, and a has one
    assert what_if(people, run, rule=WhatIf.CAP, cap=Decimal("0.05")).nothing == 1


def test_more_samples_than_were_recorded_are_undefined(people: People, run: str) -> None:
    assert what_if(people, run, rule=WhatIf.VOTES, n=6).undefined is Undefined.TOO_FEW_SAMPLES


def test_the_curve_is_a_figure_with_its_table_and_file(bob: Client, run: str) -> None:
    asked = {"rule": "best", "n": "2"}
    drawn = bob.get(reverse("figure-counterfactual", args=[run]), asked).json()
    assert "Best at 2: beyond it, shaded, more compute made it worse." in drawn["said"]
    oracle, curve, here, turn = drawn["data"]
    assert curve["x"] == oracle["x"] == [1, 2, 4, 5]
    # Of ten pairs: the wrong one that the judge likes best is in four, two b are one more.
    assert curve["y"] == pytest.approx([0.4, 0.5, 0.2, 0.0])
    assert oracle["y"] == pytest.approx([0.4, 0.7, 1.0, 1.0])
    assert (here["x"], turn["x"]) == ([2], [2])
    assert [(each["x0"], each["x1"]) for each in drawn["layout"]["shapes"]] == [(2, 5)]
    table = bob.get(reverse("figure-counterfactual-table", args=[run]), asked).text
    assert "Any of them right" in table
    file = bob.get(reverse("figure-counterfactual-csv", args=[run]), asked).text
    assert file.splitlines()[1].split(",")[0] == "1"
    assert bob.get(reverse("figure-counterfactual", args=[run]), {"n": "0"}).status_code == 400


def test_a_rule_that_draws_nothing_has_no_curve(bob: Client, run: str) -> None:
    drawn = bob.get(reverse("figure-counterfactual", args=[run]), {"rule": "cap"}).json()
    assert (drawn["data"], "no curve" in drawn["empty"]) == ([], True)
    lacking = bob.get(reverse("figure-counterfactual", args=[run]), {"rule": "votes", "n": "6"})
    assert "more samples are asked for" in lacking.json()["empty"]


def search(people: People) -> str:
    """Two of three states kept; one child of each: the better one hangs under the second."""
    made = new_run()
    events: list[Any] = [make_event(RunStarted, made, strategy=Strategy.BEAM)]
    for node, parent, value, fate in [
        ("root", None, None, Fate.SELECTED),
        ("x", "root", 9.0, Fate.KEPT),
        ("y", "root", 5.0, Fate.SELECTED),
        ("z", "root", 1.0, Fate.DISCARDED),
        ("x1", "x", 2.0, Fate.KEPT),
        ("y1", "y", 7.0, Fate.SELECTED),
    ]:
        events.append(observed(made, node, parent=parent, node_kind=NodeKind.EXPANSION))
        if value is not None:
            events.append(make_event(NodeScored, made, node=node, value=value))
        reason = DiscardReason.PRUNED_LOW_VALUE if fate is Fate.DISCARDED else None
        events.append(make_event(FateDecided, made, node=node, fate=fate, reason=reason))
    for node, right in (("x1", False), ("y1", True)):
        events.append(make_event(CandidateProposed, made, node=node, answer=node, correct=right))
    events.append(make_event(AnswerSelected, made, node="y1"))
    put_on_record(people.project, *events)
    return made


def test_a_narrower_beam_may_lose_the_answer_and_a_wider_one_was_not_recorded(
    people: People,
) -> None:
    run = search(people)
    recorded = what_if(people, run)
    assert recorded.asked.rule is WhatIf.SEARCH
    assert ([each.answer for each in recorded.answers], recorded.right) == (["y1"], 1)
    narrow = what_if(people, run, width=1)
    assert ([each.answer for each in narrow.answers], narrow.wrong) == (["x1"], 1)
    assert narrow.searched is not None
    assert (narrow.searched.width, narrow.searched.visited, narrow.searched.generated) == (2, 4, 5)
    assert what_if(people, run, width=3).undefined is Undefined.NOT_RECORDED


def test_the_page_asks_the_server_and_works_without_script(bob: Client, run: str) -> None:
    address = reverse("run-counterfactual", args=[run])
    page = bob.get(address, {"rule": "best", "n": 2}).text
    assert "<title>" in page
    assert "Beyond 2 samples more compute made it worse" in page
    assert 'action="' + address in page
    piece = bob.get(address, {"rule": "votes", "n": 3}, headers={"HX-Request": "true"}).text
    assert piece.startswith("<section")
    assert 'value="3"' in piece


@pytest.mark.parametrize(
    "asked",
    [
        {"rule": "luck"},
        {"n": "0"},
        {"n": "-1"},
        {"n": "9" * 30},
        {"n": "²"},
        {"threshold": "nan"},
        {"threshold": "1e999999999"},
        {"budget": "x"},
        {"beam": "1.5"},
        {"normaliser": "none"},
        {"by": "\x00"},
    ],
)
def test_an_address_that_asks_for_nothing_gets_a_sentence(
    bob: Client, run: str, asked: dict[str, str]
) -> None:
    assert bob.get(reverse("run-counterfactual", args=[run]), asked).status_code == 400


def test_a_run_without_candidates_says_so(people: People, bob: Client) -> None:
    made = new_run()
    put_on_record(people.project, make_event(RunStarted, made), observed(made, "n"))
    page = bob.get(reverse("run-counterfactual", args=[made]))
    assert (page.status_code, "has no candidates" in page.text) == (200, True)
    for rule in WhatIf:
        assert what_if(people, made, rule=rule).undefined is not None


def test_without_outcomes_nothing_is_called_right_or_wrong(people: People, bob: Client) -> None:
    made = new_run()
    told = [make_event(RunStarted, made, strategy=Strategy.SELF_CONSISTENCY)]
    for at, answer in enumerate("aab"):
        told += [
            observed(made, f"s{at}", node_kind=NodeKind.SAMPLE),
            make_event(CandidateProposed, made, node=f"s{at}", answer=answer),
        ]
    put_on_record(people.project, *told)
    found = what_if(people, made)
    assert (found.right, found.wrong, round(found.unknown, 9)) == (0, 0, 1)
    assert found.turning is None
    assert found.cost is None
    assert what_if(people, made, rule=WhatIf.BEST).undefined is Undefined.NO_SCORES
    assert "undefined" in bob.get(reverse("run-counterfactual", args=[made])).text


def test_charlie_sees_nothing(people: People, run: str) -> None:
    client = Client()
    client.force_login(people.charlie)
    assert client.get(reverse("run-counterfactual", args=[run])).status_code == 404
