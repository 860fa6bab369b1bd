"""Candidates against verifiers: which cell holds what, in which order, and how much at a time."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from deliberation.events import AnswerSelected, CandidateProposed, VerdictGiven
from deliberation.vocabulary import Cost, CostProvenance, NodeKind, VerdictOutcome
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from traces.actions.rebuild import rebuild
from traces.models import Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.compared import compare_candidates
from traces.queries.matrix import (
    CELLS_AT_MOST,
    COLUMNS_AT_MOST,
    ROWS_AT_MOST,
    Ask,
    Matrix,
    get_matrix,
)
from traces.queries.matrix_order import CandidateOrder

LOGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "tot_game24"
PUZZLES = 10
ACCEPT, REJECT = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def sampled(*answers: str | None) -> str:
    run = new_run()
    put_on_record(
        make_project(),
        *(
            make_event(CandidateProposed, run, node=f"s{n}", answer=answer or "?",
                       normalised=answer, normaliser="strip@1")
            for n, answer in enumerate(answers)
        ),
    )  # fmt: skip
    return run


def judge(run: str, node: str, verifier: str, outcome: VerdictOutcome, **facts: Any) -> None:
    given = {"node": node, "verifier": verifier, "outcome": outcome, **facts}
    put_on_record(make_project(), make_event(VerdictGiven, run, **given))


def cells(matrix: Matrix) -> list[list[str | None]]:
    return [
        [cell and f"{cell.verdict.outcome} {cell.count}" for _, cell in row.cells]
        for row in matrix.rows
    ]


def nodes(viewer: Viewer, run: str, **ask: Any) -> list[str]:
    matrix = get_matrix(who=viewer, run_id=run, ask=Ask(**ask))
    return [row.candidate.node_id for row in matrix.rows]


def test_it_works(viewer: Viewer) -> None:
    run = sampled("42", "17")
    judge(run, "s0", "tests", ACCEPT, score=0.9, scale_min=0.0, scale_max=1.0, threshold=0.5)
    judge(run, "s1", "tests", REJECT, score=0.1, scale_min=0.0, scale_max=1.0, threshold=0.5)
    judge(run, "s1", "judge", ACCEPT)
    judge(run, "elsewhere", "guard", REJECT)
    matrix = get_matrix(who=viewer, run_id=run)
    assert [(each.verifier, each.scale, each.threshold) for each in matrix.columns] == [
        ("tests", "0 to 1", 0.5),
        ("judge", None, None),
    ]
    assert cells(matrix) == [["accept 1", None], ["reject 1", "accept 1"]]
    assert matrix.elsewhere == ["guard"]


def test_several_verdicts_in_one_cell_are_counted_and_the_latest_by_its_time_is_shown(
    viewer: Viewer,
) -> None:
    run = sampled("42")
    judge(run, "s0", "tests", REJECT, at=NOW_NS + 2)
    judge(run, "s0", "tests", ACCEPT, at=NOW_NS + 1)
    judge(run, "s0", "tests", ACCEPT, at=NOW_NS)
    ((pair,),) = [row.cells for row in get_matrix(who=viewer, run_id=run).rows]
    cell = pair[1]
    assert cell is not None
    assert (cell.verdict.outcome, cell.count) == ("reject", 3)
    assert cell.outcomes == {"accept": 2, "reject": 1}


def test_candidates_stand_in_the_order_that_is_asked_for(viewer: Viewer) -> None:
    run = sampled("a", "b", "b", None)
    for node, cost in (("s0", "0.1"), ("s1", "0.3"), ("s2", "0.2")):
        amount = Cost(amount=Decimal(cost), provenance=CostProvenance.REPORTED)
        told = observed(
            run, f"{node}:call", parent=node, node_kind=NodeKind.MODEL_CALL, cost=amount
        )
        put_on_record(make_project(), told, observed(run, node, rank=9 - int(node[1])))
    judge(run, "s0", "tests", REJECT, score=0.4)
    judge(run, "s2", "tests", ACCEPT, score=0.6)
    judge(run, "s3", "tests", ACCEPT, score=0.8)
    assert nodes(viewer, run) == ["s0", "s1", "s2", "s3"]
    assert nodes(viewer, run, order=CandidateOrder.VOTES) == ["s1", "s2", "s0", "s3"]
    assert nodes(viewer, run, order=CandidateOrder.COST) == ["s1", "s2", "s0", "s3"]
    assert nodes(viewer, run, order=CandidateOrder.RANK) == ["s2", "s1", "s0", "s3"]
    by_tests = {"order": CandidateOrder.VERDICT, "verifier": "tests"}
    assert nodes(viewer, run, **by_tests) == ["s3", "s2", "s0", "s1"]


def test_pages_hold_every_candidate_once_and_columns_every_verifier(viewer: Viewer) -> None:
    run = sampled(*(str(n) for n in range(2 * ROWS_AT_MOST + 1)))
    for n in range(COLUMNS_AT_MOST + 1):
        judge(run, "s0", f"v{n:02}", ACCEPT)
    seen: Counter[str] = Counter()
    first = get_matrix(who=viewer, run_id=run)
    assert len(first.rows) * len(first.columns) <= CELLS_AT_MOST
    for page in range(1, first.pages + 1):
        seen.update(nodes(viewer, run, page=page))
    assert seen == {f"s{n}": 1 for n in range(2 * ROWS_AT_MOST + 1)}
    rest = get_matrix(who=viewer, run_id=run, ask=Ask(first_column=COLUMNS_AT_MOST))
    assert [each.verifier for each in (*first.columns, *rest.columns)] == [
        f"v{n:02}" for n in range(COLUMNS_AT_MOST + 1)
    ]


def test_how_a_tie_was_broken_stands_with_the_choice_and_a_rebuild_says_the_same(
    viewer: Viewer,
) -> None:
    run = sampled("a", "b")
    facts = {"rule": "majority", "margin": 0.0, "margin_unit": "votes", "tie_break": "found first"}
    put_on_record(make_project(), make_event(AnswerSelected, run, node="s1", **facts))
    choice = get_matrix(who=viewer, run_id=run).choice
    assert (choice.rule, choice.margin, choice.tie_break) == ("majority", "a tie", "found first")
    assert choice.chosen is not None
    assert choice.chosen.node_id == "s1"
    rebuild(run_id=uuid.UUID(run))
    assert get_matrix(who=viewer, run_id=run).choice == choice


def test_two_are_compared_by_what_they_wrote_who_judged_them_and_what_they_cost(
    viewer: Viewer,
) -> None:
    run = sampled("a", "b")
    put_on_record(
        make_project(),
        observed(run, "s0", output="six times four is 24"),
        observed(run, "s1", output="six times five is 30"),
    )
    judge(run, "s1", "tests", REJECT)
    judge(run, "s1", "tests", ACCEPT, at=NOW_NS + 1)
    ordinals = [row.candidate.ordinal for row in get_matrix(who=viewer, run_id=run).rows]
    found = compare_candidates(who=viewer, run_id=run, left=ordinals[0], right=ordinals[1])
    assert [text.name for text in found.texts] == ["the answer", "what was written"]
    said = [piece.text for piece in found.texts[1].diff.left if piece.kind == "left"]
    assert said == ["four ", "24"]
    (verdict,) = found.verdicts
    assert (verdict.left, verdict.right and verdict.right.outcome) == (None, "accept")
    assert (verdict.said, found.agree) == ((0, 2), False)


def test_what_is_no_candidate_of_the_run_cannot_be_compared(viewer: Viewer) -> None:
    run, other = sampled("a"), sampled("a", "b")
    mine = get_matrix(who=viewer, run_id=run).rows[0].candidate.ordinal
    put_on_record(make_project(), observed(run, "plain"))
    for ordinal in (mine + 1, 10**9):
        with pytest.raises(NotVisible):
            compare_candidates(who=viewer, run_id=run, left=mine, right=ordinal)
    with pytest.raises(NotVisible):
        compare_candidates(who=Viewer(project_ids=frozenset()), run_id=other, left=0, right=1)


@pytest.mark.skipif(not LOGS.is_dir(), reason="the public logs are not beside this tree")
def test_the_votes_of_a_hundred_public_samples_are_those_of_the_file(
    viewer: Viewer, tmp_path: Path
) -> None:
    file = tmp_path / "cot_100.json"
    few = json.loads((LOGS / "cot_100.json").read_text())[:PUZZLES]
    file.write_text(json.dumps(few))
    call_command("import_traces", str(file), stdout=StringIO(), stderr=StringIO())
    cases = {str(each["idx"]): each for each in few}
    for run in Run.objects.all():
        case = cases[(run.name or "").rpartition(" ")[2]]
        lines = Counter(text.strip().split("\n")[-1] for text in case["ys"])
        matrix = get_matrix(who=viewer, run_id=run.pk, ask=Ask(order=CandidateOrder.VOTES))
        assert {each.label: each.votes for each in matrix.table.clusters} == lines
        assert matrix.rows[0].votes == max(lines.values())
        right = sum(each.correct is True for each in matrix.table.candidates)
        assert right == sum(each["r"] for each in case["infos"])
