"""What was discarded: every path once, its sums whole, and why it is known to have been right."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from deliberation.events import AnswerSelected, CandidateProposed, FateDecided, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    DiscardReason,
    Fate,
    NodeKind,
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
from traces.models import Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.discarded_paths import (
    NOT_RECORDED,
    DiscardedPage,
    PathFilter,
    list_discarded,
)
from traces.queries.runs import get_run

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
PRUNED, DEAD_END, OUTVOTED = (
    DiscardReason.PRUNED_LOW_VALUE,
    DiscardReason.DEAD_END,
    DiscardReason.OUTVOTED,
)
ACCEPT, REJECT = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT
UNIT_TEST = VerifierKind.UNIT_TEST

SEARCHES = 30
"""Of the hundred, which test_ground_truth.py counts whole."""

with_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public logs are not beside this tree")


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def tell(run: str, *events: tuple[Any, dict[str, Any]]) -> None:
    put_on_record(make_project(), *(make_event(kind, run, **facts) for kind, facts in events))


def drop(run: str, node: str, reason: DiscardReason | None = PRUNED, **facts: Any) -> None:
    tell(run, (FateDecided, {"node": node, "fate": Fate.DISCARDED, "reason": reason, **facts}))


def grow(*pairs: tuple[str, str | None]) -> str:
    """A run of (node, parent). Each states ten tokens and a cent; a parent what its child states: that counts once."""
    run = new_run()
    cent = Cost(amount=Decimal("0.01"), provenance=CostProvenance.REPORTED)
    put_on_record(
        make_project(),
        *(
            observed(run, node, parent=parent, node_kind=NodeKind.EXPANSION, usage=Usage(input=10),
                     cost=cent)
            for node, parent in pairs
        ),
    )  # fmt: skip
    return run


def page_of(viewer: Viewer, run: str, **filters: Any) -> DiscardedPage:
    return list_discarded(who=viewer, run_id=run, filters=PathFilter(**filters))


def ids(page: DiscardedPage) -> list[str]:
    return [path.node.node_id for path in page.items]


def test_it_works(viewer: Viewer) -> None:
    run = grow(
        ("root", None), ("a", "root"), ("a1", "a"), ("a2", "a1"), ("b", "root"), ("c", "root")
    )
    drop(run, "a", by="pruner", value=0.2, cutoff=0.5, rank=3)
    drop(run, "a2", DEAD_END, by="rules")
    drop(run, "b", DEAD_END, by="rules")
    page = page_of(viewer, run)
    assert [(path.node.node_id, path.node.subtree.nodes, path.inside) for path in page.items] == [
        ("a", 3, 1),
        ("b", 1, 0),
    ]
    first = page.items[0]
    assert (first.cause, first.decided.value, first.decided.cutoff, first.decided.rank) == (
        ("pruned_low_value", "pruner"), 0.2, 0.5, 3,
    )  # fmt: skip
    told = [(g.reason, g.by, g.paths, g.nodes, g.tokens, g.cost) for g in page.groups]
    assert told == [
        ("pruned_low_value", "pruner", 1, 3, 10, Decimal("0.01")),
        ("dead_end", "rules", 1, 1, 10, Decimal("0.01")),
    ]


def test_the_groups_add_up_to_what_the_run_says_it_discarded(viewer: Viewer) -> None:
    run = grow(("root", None), ("a", "root"), ("a1", "a"), ("b", "root"), ("b1", "b"))
    for node in ("a", "a1", "b1"):
        drop(run, node)
    page = page_of(viewer, run)
    assert page.total == get_run(who=viewer, run_id=run).discarded
    assert (page.total.nodes, page.total.tokens, page.total.cost) == (3, 20, Decimal("0.02"))


def test_a_path_is_known_to_have_been_right_by_the_strongest_word_on_it(viewer: Viewer) -> None:
    names = ("stated", "outcome", "reference", "same", "tests", "nothing")
    run = grow(("root", None), *((name, "root") for name in names))
    for name in names:
        tell(run, (CandidateProposed, {"node": name, "answer": name, "normalised": name,
                                       "normaliser": "n@1"}))  # fmt: skip
        drop(run, name, OUTVOTED, wrongly=True if name == "stated" else None)
    given = {"outcome": ACCEPT, "verifier": "tests", "verifier_kind": UNIT_TEST}
    tell(
        run,
        (CandidateProposed, {"node": "outcome", "normalised": "24", "correct": True}),
        (CandidateProposed, {"node": "same", "normalised": "24"}),
        (VerdictGiven, {"node": "reference", "verifier": "gold", "outcome": ACCEPT,
                        "saw_reference": True}),
        (VerdictGiven, {"node": "tests", **given}),
        (VerdictGiven, {"node": "nothing", "verifier": "judge", "outcome": ACCEPT,
                        "verifier_kind": VerifierKind.LLM_JUDGE}),
    )  # fmt: skip
    page = page_of(viewer, run)
    told = {
        path.node.node_id: path.why_right and path.why_right.right.basis.value
        for path in page.items
    }
    assert told == {
        "stated": "stated", "outcome": "outcome", "reference": "reference", "same": "same_answer",
        "tests": "exact_check", "nothing": None,
    }  # fmt: skip
    assert ids(page)[-1] == "nothing"
    same = next(path.why_right for path in page.items if path.node.node_id == "same")
    assert same is not None
    assert same.same_as is not None
    assert same.same_as.node_id == "outcome"
    assert page.wrongly == page.groups[0].wrongly == 5


@pytest.mark.parametrize(
    "denied",
    [
        (CandidateProposed, {"correct": False}),
        (VerdictGiven, {"verifier": "gold", "outcome": REJECT, "saw_reference": True}),
        (VerdictGiven, {"verifier": "tests", "outcome": REJECT, "verifier_kind": UNIT_TEST,
                        "at": NOW_NS + 9}),
        (VerdictGiven, {"verifier": "more tests", "outcome": REJECT, "verifier_kind": UNIT_TEST}),
    ],
)  # fmt: skip
def test_what_stronger_later_or_equal_words_deny_is_not_called_right(
    viewer: Viewer, denied: tuple[Any, dict[str, Any]]
) -> None:
    run = grow(("a", None))
    drop(run, "a")
    accepted = {"node": "a", "verifier": "tests", "outcome": ACCEPT, "verifier_kind": UNIT_TEST}
    tell(run, (VerdictGiven, accepted))
    assert page_of(viewer, run).wrongly == 1
    tell(run, (denied[0], {"node": "a", **denied[1]}))
    assert page_of(viewer, run).wrongly == 0


def test_an_answer_by_another_normaliser_or_one_that_is_disputed_tells_nothing(
    viewer: Viewer,
) -> None:
    run = grow(*((name, None) for name in "abcd"))
    for name, answer, normaliser, correct in (
        ("a", "24", "n@1", True),
        ("b", "24", "n@2", None),
        ("c", "7", "n@1", True),
        ("d", "7", "n@1", False),
    ):
        drop(run, name)
        tell(run, (CandidateProposed, {"node": name, "normalised": answer, "normaliser": normaliser,
                                       "correct": correct}))  # fmt: skip
    assert ids(page_of(viewer, run, wrongly=True)) == ["a", "c"]


def test_a_right_candidate_inside_a_path_makes_it_wrongly_discarded_and_another_node_does_not(
    viewer: Viewer,
) -> None:
    run = grow(("a", None), ("a1", "a"), ("b", None), ("b1", "b"))
    drop(run, "a")
    drop(run, "b")
    accepted = {"outcome": ACCEPT, "verifier": "tests", "verifier_kind": UNIT_TEST}
    tell(
        run,
        (CandidateProposed, {"node": "a1", "answer": "24"}),
        (VerdictGiven, {"node": "a1", **accepted}),
        (VerdictGiven, {"node": "b1", **accepted}),
    )
    (path,) = page_of(viewer, run, wrongly=True).items
    assert path.node.node_id == "a"
    assert path.why_right is not None
    assert path.why_right.at is not None
    assert path.why_right.at.node_id == "a1"


def test_what_was_returned_is_not_wrongly_discarded_though_it_hangs_under_a_discarded_node(
    viewer: Viewer,
) -> None:
    run = grow(("a", None), ("a1", "a"))
    drop(run, "a")
    tell(
        run,
        (CandidateProposed, {"node": "a1", "answer": "24", "correct": True}),
        (AnswerSelected, {"node": "a1"}),
    )
    page = page_of(viewer, run)
    assert (page.wrongly, page.items[0].holds_answer, page.returned_right) == (0, True, True)


def test_paths_are_narrowed_by_reason_decider_and_verifier(viewer: Viewer) -> None:
    run = grow(("a", None), ("a1", "a"), ("b", None), ("c", None))
    drop(run, "a", by="pruner")
    drop(run, "b", DEAD_END)
    drop(run, "c", None, by="pruner")
    tell(run, (VerdictGiven, {"node": "a1", "verifier": "tests", "outcome": REJECT}))
    assert ids(page_of(viewer, run, by="pruner")) == ["a", "c"]
    assert ids(page_of(viewer, run, by=NOT_RECORDED)) == ["b"]
    assert ids(page_of(viewer, run, reason="dead_end")) == ["b"]
    assert ids(page_of(viewer, run, reason=NOT_RECORDED)) == ["c"]
    narrowed = page_of(viewer, run, verifier="tests")
    assert (ids(narrowed), narrowed.narrowed and narrowed.narrowed.nodes) == (["a"], 2)
    assert ids(page_of(viewer, run, verifier="nobody")) == []
    assert ids(page_of(viewer, run, verifier="a\x00b")) == []


def test_pages_hold_every_path_once_and_grow_while_they_are_read(viewer: Viewer) -> None:
    run = grow(*((f"n{n:02}", None) for n in range(30)))
    for n in range(20):
        drop(run, f"n{n:02}", (PRUNED, DEAD_END)[n % 2], by="x", wrongly=True if n == 7 else None)
    seen: list[str] = []
    cursor = None
    while True:
        page = list_discarded(who=viewer, run_id=run, cursor=cursor, limit=3)
        seen += ids(page)
        cursor = page.next
        if cursor is None:
            break
        if len(seen) == 6:
            drop(run, "n29", DEAD_END, by="x")
    assert seen[0] == "n07"
    assert sorted(seen) == [*(f"n{n:02}" for n in range(20)), "n29"]


@pytest.mark.parametrize(
    "cursor", ["", "x", "1.2", "1.2.3.4", "-1.2.3", "1.2.²", "1.2." + "9" * 30]
)
def test_a_cursor_that_is_none_is_not_there(viewer: Viewer, cursor: str) -> None:
    run = grow(("a", None))
    with pytest.raises(NotVisible):
        list_discarded(who=viewer, run_id=run, cursor=cursor)


def read(file: Path) -> None:
    make_project()
    call_command("import_traces", str(file), stdout=StringIO(), stderr=StringIO())


@with_data
def test_public_searches_discarded_what_their_log_says(viewer: Viewer, tmp_path: Path) -> None:
    cases = json.loads((DATA / "tot_game24" / "tot_bfs_b5.json").read_text())[:SEARCHES]
    file = tmp_path / "tot_bfs_b5.json"
    file.write_text(json.dumps(cases))
    read(file)
    expected: Counter[str] = Counter()
    right = 0
    for case in cases:
        for step in case["steps"]:
            fresh = Counter(dict.fromkeys(step["new_ys"], 1))
            expected["duplicate"] += len(step["new_ys"]) - len(fresh)
            expected["pruned_low_value"] += len(fresh) - len(
                fresh.keys() & set(step["select_new_ys"])
            )
        # The second of two equal outputs is a state that was discarded as a duplicate, and as right as the first.
        texts = [text for text, info in zip(case["ys"], case["infos"], strict=True) if info["r"]]
        right += len(texts) - len(set(texts))
    found: Counter[str] = Counter()
    wrongly = 0
    for run in Run.objects.all():
        page = list_discarded(who=viewer, run_id=run.pk, limit=5)
        found.update({str(group.reason): group.paths for group in page.groups})
        wrongly += page.wrongly
        assert page.total.nodes == page.paths == run.discarded
        assert all(path.decided.cutoff is not None for path in page.items)
    assert found == expected
    assert wrongly == right


@with_data
def test_attempts_that_their_own_tests_rejected_are_as_many_as_the_log_holds(
    viewer: Viewer,
) -> None:
    file = DATA / "reflexion_verifier" / "humaneval_py_reflexion_gpt4.jsonl"
    read(file)
    logged = [json.loads(line) for line in file.read_text().splitlines()]
    pages = [list_discarded(who=viewer, run_id=run.pk) for run in Run.objects.all()]
    causes = Counter(group.reason for page in pages for group in page.groups)
    assert set(causes) == {"verifier_rejected"}
    # Upstream reflects on an attempt that failed, and then tries again.
    assert sum(page.paths for page in pages) == sum(len(each["reflections"]) for each in logged)
    cited = {path.decided.verdict for page in pages for path in page.items}
    assert None not in cited
