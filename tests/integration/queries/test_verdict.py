"""The verdict on a run: candidates, margin, spend, and where the money went."""

from __future__ import annotations

from decimal import Decimal

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    Independence,
    NodeKind,
    ObservedState,
    Strategy,
    Usage,
    VerdictOutcome,
    VerifierKind,
)
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from traces.queries.access import NotVisible, Viewer
from traces.queries.candidates import list_candidates
from traces.queries.costs import Sector, cost_by_branch
from traces.queries.events import list_events
from traces.queries.verdict_header import get_header


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def voted(*answers: str | None, chosen: int = 0, **facts: object) -> str:
    """A run of samples with these answers, of which one was returned."""
    run = new_run()
    proposed = [
        make_event(CandidateProposed, run, node=f"s{n}", answer=answer or "?", normalised=answer,
                   normaliser="strip@1")
        for n, answer in enumerate(answers)
    ]  # fmt: skip
    put_on_record(
        make_project(),
        make_event(RunStarted, run, strategy=Strategy.SELF_CONSISTENCY, **facts),
        *proposed,
        make_event(AnswerSelected, run, node=f"s{chosen}", rule="majority"),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=answers[chosen]),
    )
    return run


def test_it_works(viewer: Viewer) -> None:
    run = voted("42", "42", "17", "42", None, "17")
    table = list_candidates(who=viewer, run_id=run)
    assert [(c.label, c.votes, c.share, c.chosen) for c in table.clusters] == [
        ("42", 3, 0.6, True),
        ("17", 2, 0.4, False),
    ]
    assert (table.unparsable, table.margin, table.normaliser) == (1, 1, "strip@1")
    header = get_header(who=viewer, run_id=run)
    assert (header.answer, header.runner_up, header.margin) == ("42", "17", "1 vote (3 to 2)")
    assert header.what_would_have_changed_it == "1 vote for “17” instead."
    assert header.decided_by == "majority"


def test_a_tie_says_that_only_the_tie_break_decided(viewer: Viewer) -> None:
    header = get_header(who=viewer, run_id=voted("a", "b"))
    assert header.what_would_have_changed_it == "The tie-break alone: “b” had as many votes, 1."


def test_an_answer_that_had_fewer_votes_says_so(viewer: Viewer) -> None:
    header = get_header(who=viewer, run_id=voted("a", "b", "b"))
    assert header.what_would_have_changed_it == "Choosing by votes: “b” had 2 against 1."


def test_votes_written_on_each_candidate_of_a_cluster_are_not_added_up(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        *(make_event(CandidateProposed, run, node=f"n{n}", cluster="x", votes=3) for n in range(3)),
    )
    assert list_candidates(who=viewer, run_id=run).clusters[0].votes == 3


def scored(first: float, second: float) -> str:
    run = new_run()
    put_on_record(
        make_project(),
        make_event(NodeScored, run, node="a", value=first),
        make_event(NodeScored, run, node="b", value=second),
        make_event(CandidateProposed, run, node="a", answer="left"),
        make_event(CandidateProposed, run, node="b", answer="right"),
        make_event(AnswerSelected, run, node="a"),
    )
    return run


@pytest.mark.parametrize(
    ("second", "margin", "sentence"),
    [
        (0.5, "0.25 in value (0.75 to 0.5)", "A value above 0.75 for “right”, which had 0.5."),
        (0.75, "0 in value (0.75 to 0.75)", "The order alone: “right” had the same value, 0.75."),
        (1.0, "-0.25 in value (0.75 to 1)", "Choosing by value: “right” had 1 against 0.75."),
    ],
)
def test_a_scored_answer_tells_by_what_number_it_won(
    viewer: Viewer, second: float, margin: str, sentence: str
) -> None:
    header = get_header(who=viewer, run_id=scored(0.75, second))
    assert (header.margin, header.what_would_have_changed_it) == (margin, sentence)
    assert header.runner_up == "right"


def test_votes_that_were_counted_beside_the_score_decide_nothing(viewer: Viewer) -> None:
    run = scored(0.75, 0.5)
    put_on_record(
        make_project(),
        *(
            make_event(CandidateProposed, run, node=node, votes=n)
            for n, node in ((1, "a"), (9, "b"))
        ),
        make_event(AnswerSelected, run, node="a", margin=0.25, margin_unit="score"),
    )
    header = get_header(who=viewer, run_id=run)
    assert header.margin == "0.25 score"
    assert header.what_would_have_changed_it == "A value above 0.75 for “right”, which had 0.5."


def test_nothing_is_said_that_no_number_tells(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a"))
    header = get_header(who=viewer, run_id=run)
    assert (header.margin_known, header.what_would_have_changed_it, header.checkers) == (
        False,
        None,
        [],
    )
    assert {"task", "models", "cost", "tokens", "verdicts"} <= set(header.not_recorded)


def test_checkers_are_the_latest_word_of_each_verifier_on_the_answer(viewer: Viewer) -> None:
    run = voted("42")
    given = {"node": "s0", "verifier": "tests", "verifier_kind": VerifierKind.UNIT_TEST}
    put_on_record(
        make_project(),
        make_event(VerdictGiven, run, outcome=VerdictOutcome.REJECT, **given),
        make_event(VerdictGiven, run, outcome=VerdictOutcome.ACCEPT, score=1.0, saw_reference=True,
                   independence=Independence.DETERMINISTIC, at=NOW_NS + 1, **given),
    )  # fmt: skip
    (checker,) = get_header(who=viewer, run_id=run).checkers
    assert (checker.name, checker.outcome, checker.independence) == (
        "tests",
        "accept",
        "deterministic",
    )
    assert checker.saw_reference is True


def test_spend_stands_against_each_budget(viewer: Viewer) -> None:
    run = voted("42", budgets={"usd": "0.50", "tokens": "100", "samples": "0", "depth": "odd"})
    put_on_record(make_project(), paid(run, "call", "0.45", tokens=120))
    lines = get_header(who=viewer, run_id=run).spend
    assert [(line.dimension, line.words, line.tone) for line in lines] == [
        ("tokens", "120 of 100", "over"),
        ("usd", "$0.45 of $0.50", "warm"),
        ("samples", "0 of 0", None),
    ]


def paid(
    run: str, node: str, cost: str, *, parent: str | None = None, tokens: int = 1, **facts: object
) -> object:
    return observed(
        run, node, parent=parent, usage=Usage(input=tokens),
        cost=Cost(amount=Decimal(cost), provenance=CostProvenance.REPORTED),
        **{"node_kind": NodeKind.MODEL_CALL, **facts},
    )  # fmt: skip


def children_of(sectors: list[Sector], parent: str) -> list[Sector]:
    return [sector for sector in sectors if sector.parent == parent]


def test_no_sector_is_smaller_than_its_children_together(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(),
        paid(run, "root", "1", node_kind=NodeKind.STEP, cost_basis=CostBasis.UNALLOCATED),
        *(paid(run, f"c{n}", f"0.0{n}", parent="root") for n in range(1, 8)),
        *(paid(run, f"d{n}", "0.5", parent="c1") for n in range(3)),
    )
    for limit in (1, 2, 3, 5, 8, 100):
        sectors = cost_by_branch(who=viewer, run_id=run, max_sectors=limit)
        assert len(sectors) <= max(limit, 2)
        assert sectors[0].cost == Decimal("2.78")
        for sector in sectors:
            below = children_of(sectors, sector.id)
            assert sum(each.cost or 0 for each in below) <= (sector.cost or 0)
            assert sum(each.nodes for each in below) <= sector.nodes
    assert [sector.label for sector in sectors if "unallocated" in sector.label]


def test_what_has_no_place_of_its_own_is_rolled_up_and_counted(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(), observed(run, "root"),
        *(paid(run, f"c{n}", "0.01", parent="root") for n in range(20)),
    )  # fmt: skip
    sectors = cost_by_branch(who=viewer, run_id=run, max_sectors=6)
    more = sectors[-1] if sectors[-1].rolled_up else sectors[1]
    assert (more.label, more.nodes, more.cost) == ("… 16 more", 16, Decimal("0.16"))


def test_a_branch_can_be_opened_by_the_id_of_its_sector(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(
        make_project(), observed(run, "a"), observed(run, "b"),
        paid(run, "c", "0.01", parent="b"),
    )  # fmt: skip
    whole = cost_by_branch(who=viewer, run_id=run)
    assert [sector.id for sector in whole] == ["run", "1", "2", "3"]
    assert [sector.id for sector in cost_by_branch(who=viewer, run_id=run, root="2")] == ["2", "3"]
    for nonsense in ("99", "x", "2:more", "\x00"):
        with pytest.raises(NotVisible):
            cost_by_branch(who=viewer, run_id=run, root=nonsense)


def test_the_ledger_is_read_in_order_with_the_bytes_that_were_hashed(viewer: Viewer) -> None:
    run = voted("42", "17")
    first = list_events(who=viewer, run_id=run, limit=3)
    rest = list_events(who=viewer, run_id=run, after=int(first.next or -1))
    assert [row.seq for row in [*first.items, *rest.items]] == list(range(6))
    assert [row.kind for row in first.items[:2]] == ["run.opened", "run.started"]
    assert {part.name: part.preview for part in first.items[2].parts} == {
        "answer": "42", "normalised": "42",
    }  # fmt: skip
    assert rest.next is None
