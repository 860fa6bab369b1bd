"""How many times a straight try a run spent, and how much of the reasoning it paid for can be read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import AnswerSelected, RunStarted
from deliberation.vocabulary import Cost, CostProvenance, NodeKind, Usage
from tests.integration.build import (
    ended,
    make_event,
    new_run,
    observed,
    put_on_record,
    started,
)
from tests.people import People
from traces.models import Node
from traces.queries.verdict_header import RunHeader, get_header

KIND = NodeKind.MODEL_CALL


def sampled(people: People, number: int, *, cost: str | None = "0.10", **facts: object) -> str:
    """A root, and samples of one call each; the first was returned."""
    run = new_run()
    price = cost and Cost(amount=Decimal(cost), provenance=CostProvenance.PRICED)
    events = [make_event(RunStarted, run, **facts), observed(run, "root")]
    for at in range(number):
        events += [
            observed(run, f"s{at}", parent="root", node_kind=NodeKind.SAMPLE),
            observed(
                run,
                f"c{at}",
                parent=f"s{at}",
                node_kind=KIND,
                usage=Usage(input=10, output=5),
                cost=price or None,
            ),
        ]
    put_on_record(people.project, *events, make_event(AnswerSelected, run, node="s0"))
    return run


def header_of(people: People, run: str) -> RunHeader:
    return get_header(who=people.bob, run_id=run)


def test_it_works(people: People) -> None:
    run = sampled(people, 8, high_compute=True, effort="high", tier="pro")
    compute = header_of(people, run).compute
    assert (compute.multiple, compute.unit) == (8.0, "cost")
    assert (compute.stated, compute.effort, compute.tier) == (True, "high", "pro")
    assert compute.forms == ["8 samples"]
    client = Client()
    client.force_login(people.bob)
    page = client.get(reverse("run", args=[run])).text
    assert "8×" in page
    assert "called high compute" in page


def test_without_a_known_cost_tokens_tell_it(people: People) -> None:
    compute = header_of(people, sampled(people, 3, cost=None)).compute
    assert (compute.multiple, compute.unit) == (3.0, "tokens")
    assert compute.stated is None


def test_what_was_proposed_and_judged_beside_the_path_is_not_of_it(people: People) -> None:
    run = new_run()
    call = {"node_kind": KIND, "usage": Usage(input=10, output=0)}
    put_on_record(
        people.project,
        observed(run, "root"),
        observed(run, "ask", parent="root", **call),
        observed(run, "kept", parent="root", node_kind=NodeKind.THOUGHT),
        observed(run, "lost", parent="root", node_kind=NodeKind.THOUGHT),
        observed(run, "ask kept", parent="kept", **call),
        observed(run, "ask lost", parent="lost", **call),
        observed(run, "answer", parent="kept", node_kind=NodeKind.THOUGHT),
        observed(run, "last", parent="answer", **call),
        make_event(AnswerSelected, run, node="answer"),
    )
    assert header_of(people, run).compute.multiple == pytest.approx(4 / 3)


def test_where_the_whole_stands_above_the_answer_the_multiple_is_not_known(people: People) -> None:
    run = new_run()
    put_on_record(
        people.project,
        observed(run, "root", usage=Usage(input=100, output=20)),
        observed(run, "a", parent="root", node_kind=NodeKind.EXPANSION),
        observed(run, "b", parent="root", node_kind=NodeKind.EXPANSION),
        make_event(AnswerSelected, run, node="a"),
    )
    assert header_of(people, run).compute.multiple is None


def test_where_steps_of_the_path_have_amounts_in_no_sum_the_multiple_is_not_known(
    people: People,
) -> None:
    run = new_run()
    spent = {
        "node_kind": NodeKind.EXPANSION,
        "usage": Usage(input=10, output=5),
        "cost": Cost(amount=Decimal("0.10"), provenance=CostProvenance.REPORTED),
    }
    tries = [observed(run, f"try {at}", parent="root", **spent) for at in range(9)]
    chosen = make_event(AnswerSelected, run, node="try 3")
    put_on_record(people.project, observed(run, "root", **spent), *tries, chosen)
    compute = header_of(people, run).compute
    assert (compute.multiple, compute.unit) == (None, None)
    client = Client()
    client.force_login(people.bob)
    assert (
        "how many times a straight try is not known" in client.get(reverse("run", args=[run])).text
    )


def test_a_step_that_sums_what_is_below_it_hides_nothing(people: People) -> None:
    run = new_run()
    call = {"node_kind": KIND, "usage": Usage(input=10, output=5)}
    both = {"node_kind": NodeKind.EXPANSION, "usage": Usage(input=20, output=10)}
    put_on_record(
        people.project,
        observed(run, "root", **both),
        *(observed(run, f"s{at}", parent="root", node_kind=NodeKind.SAMPLE) for at in range(2)),
        *(observed(run, f"c{at}", parent=f"s{at}", **call) for at in range(2)),
        make_event(AnswerSelected, run, node="s1"),
    )
    assert header_of(people, run).compute.multiple == 2.0


def test_without_a_chosen_node_there_is_no_multiple(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", node_kind=KIND, usage=Usage(input=1)))
    compute = header_of(people, run).compute
    assert (compute.multiple, compute.unit, compute.forms) == (None, None, [])


def test_reasoning_in_full_is_told_from_a_summary_and_from_none(people: People) -> None:
    run = new_run()
    billed = {"node_kind": KIND, "usage": Usage(input=1, output=120, reasoning=100)}
    put_on_record(people.project, observed(run, "a", reasoning="x" * 400, **billed))
    legibility = header_of(people, run).legibility
    assert legibility is not None
    assert (legibility.ratio, legibility.words) == (4.0, "about the whole text")
    put_on_record(people.project, *(observed(run, f"b{at}", **billed) for at in range(9)))
    legibility = header_of(people, run).legibility
    assert legibility is not None
    assert (legibility.ratio, legibility.words) == (0.4, "a summary at most")
    assert (legibility.calls, legibility.unseen) == (10, 9)


def test_without_billed_reasoning_there_is_nothing_to_read(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", reasoning="so be it", node_kind=KIND))
    assert header_of(people, run).legibility is None


def test_the_longest_report_of_a_reasoning_counts_in_any_order(people: People) -> None:
    for texts in (("short", "much longer"), ("much longer", "short")):
        run = new_run()
        put_on_record(people.project, started(run, "a", node_kind=KIND, reasoning=texts[0]))
        put_on_record(people.project, ended(run, "a", reasoning=texts[1]))
        assert Node.objects.get(run_id=run).reasoning_chars == len("much longer")
