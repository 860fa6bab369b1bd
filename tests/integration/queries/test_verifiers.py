"""What the database counts of verifiers is what comes out when every judgement is looked at one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import CandidateProposed, RunStarted, VerdictGiven
from deliberation.vocabulary import Cost, CostProvenance, Independence, VerdictOutcome, VerifierKind
from tests.integration.build import NOW_NS, make_event, make_project, new_run, put_on_record
from traces.analytics.agreement import Agreement
from traces.analytics.calibration import bin_up, brier_score, calibration_error
from traces.analytics.clustered_share import clustered_share
from traces.analytics.confusion import count_confusion
from traces.analytics.selection_curve import selection_curve
from traces.analytics.separation import auc
from traces.analytics.undefined import Undefined, is_known
from traces.queries import verifier_runs
from traces.queries.access import NotVisible, Viewer
from traces.queries.judgements import NO_VERSION, Judging, Truth
from traces.queries.run_filters import RunFilters
from traces.queries.verifier import Verifier, get_verifier
from traces.queries.verifier_cells import Cell, NodeCell
from traces.queries.verifier_list import VerifierRow, list_verifiers
from traces.queries.verifier_nodes import list_judged_nodes

ACCEPT, REJECT, UNSURE = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT, VerdictOutcome.UNSURE
ALL = RunFilters()
JUDGE = Judging(verifier="judge")


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def judged(
    *nodes: tuple[bool | None, list[dict[str, Any]]], task: str | None = None, tag: str = "t"
) -> str:
    """A run of candidates, each right or not, with the verdicts on it."""
    run = new_run()
    events = [make_event(RunStarted, run, task=task, tags=[tag])]
    for number, (right, verdicts) in enumerate(nodes):
        node = f"s{number}"
        events.append(make_event(CandidateProposed, run, node=node, answer="a", correct=right))
        for told in verdicts:
            facts = {"verifier": "judge", "outcome": ACCEPT, **told}
            events.append(make_event(VerdictGiven, run, node=node, **facts))
    put_on_record(make_project(), *events)
    return run


def get(viewer: Viewer, asked: Judging = JUDGE, filters: RunFilters = ALL) -> Verifier:
    return get_verifier(who=viewer, asked=asked, filters=filters)


def only(viewer: Viewer, name: str) -> VerifierRow:
    [row] = [row for row in list_verifiers(who=viewer, filters=ALL).items if row.verifier == name]
    return row


def nodes_in(viewer: Viewer, cell: Cell, asked: Judging = JUDGE, **which: Any) -> int:
    """How many nodes a cell leads to, page by page."""
    count, after = 0, None
    while True:
        page = list_judged_nodes(
            who=viewer, asked=asked, which=NodeCell(cell=cell, **which), filters=ALL, after=after, limit=7
        )  # fmt: skip
        count, after = count + len(page.items), page.next
        if after is None:
            return count


def test_it_works(viewer: Viewer) -> None:
    judged(
        (True, [{}]), (False, [{}]), (False, [{"outcome": REJECT}]), (True, [{"outcome": REJECT}])
    )
    found = get(viewer)
    assert (found.confusion.true_accepts, found.confusion.false_accepts) == (1, 1)
    assert found.confusion.false_accept_rate == 0.5
    assert found.bases["outcome"] == 4
    assert only(viewer, "judge").confusion == found.confusion


def drawn_run(chance: random.Random, task: str) -> list[tuple[bool | None, list[dict[str, Any]]]]:
    """Samples of which some are judged twice, by two judges, some without a score, some by a judge that broke."""
    nodes = []
    for _ in range(chance.randrange(1, 7)):
        right = (
            chance.choice([True, False, None]) if chance.random() < 0.3 else chance.random() < 0.4
        )
        told = [
            {
                "verifier": name,
                "outcome": chance.choice(list(VerdictOutcome)),
                "score": None if chance.random() < 0.1 else chance.randrange(5) / 4,
                "at": NOW_NS + at,
            }
            for at, name in enumerate(chance.choices(["judge", "other"], k=chance.randrange(4)))
        ]
        nodes.append((right, told))
    return nodes


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_is_that_of_the_judgements_one_by_one(viewer: Viewer, seed: int) -> None:
    chance = random.Random(seed)
    drawn = [(f"task {n % 5}", drawn_run(chance, str(n))) for n in range(25)]
    for task, nodes in drawn:
        judged(*nodes, task=task)
    rows = [
        (task, run, right, last(told, "judge"), last(told, "other"))
        for run, (task, nodes) in enumerate(drawn)
        for right, told in nodes
        if last(told, "judge")
    ]
    found = get(viewer)
    assert found.nodes == len(rows)
    assert sum(found.outcomes.values()) == len(rows)
    sides = [(task, word(one) is ACCEPT, right) for task, _, right, one, _ in rows
             if word(one) in (ACCEPT, REJECT) and right is not None]  # fmt: skip
    assert found.confusion == count_confusion((accepted, right) for _, accepted, right in sides)
    assert found.confusion.total == nodes_in(viewer, Cell.KNOWN)
    assert found.confusion.false_accepts == nodes_in(viewer, Cell.FALSE_ACCEPT)
    by_task = defaultdict(list)
    for task, accepted, right in sides:
        by_task[task].append((accepted, right))
    precise = [count_confusion(each) for each in by_task.values()]
    assert found.shares["precision"] == clustered_share(
        (one.true_accepts, one.true_accepts + one.false_accepts) for one in precise
    )
    scored = [(run, one["score"], right) for _, run, right, one, _ in rows if is_scored(one, right)]
    assert_same(found.area.value, auc((score, right) for _, score, right in scored))
    assert len(scored) == nodes_in(viewer, Cell.SCORED)
    told = [(score, right) for _, score, right in scored]
    assert_same(found.calibration.error, calibration_error(told))
    assert_same(found.calibration.brier, brier_score(told))
    assert [each.count for each in found.calibration.bins] == [each.count for each in bin_up(told)]
    assert_agreement(viewer, found, rows)
    assert_selection(found, drawn)


def assert_agreement(viewer: Viewer, found: Verifier, rows: list[Any]) -> None:
    both = [(word(one) is ACCEPT, word(other) is ACCEPT) for *_, one, other in rows
            if other and word(one) in (ACCEPT, REJECT) and word(other) in (ACCEPT, REJECT)]  # fmt: skip
    [other] = found.others
    assert other.agreement == Agreement(
        both_accept=both.count((True, True)),
        only_this=both.count((True, False)),
        only_other=both.count((False, True)),
        both_reject=both.count((False, False)),
    )
    against = {"against": "other", "against_version": NO_VERSION}
    assert nodes_in(viewer, Cell.DIFFER, **against) == other.agreement.differ
    assert nodes_in(viewer, Cell.BOTH, **against) == other.agreement.total


def assert_selection(found: Verifier, drawn: list[Any]) -> None:
    tasks = [
        [(last(told, "judge")["score"], right) for right, told in nodes]  # type: ignore[index]
        for _, nodes in drawn
        if all(
            last(told, "judge") and is_scored(last(told, "judge"), right) for right, told in nodes
        )
    ]
    by_hand = selection_curve(tasks)
    assert found.selection.runs == len(tasks)
    assert found.selection.curve.lack == by_hand.lack
    for ours, theirs in zip(found.selection.curve.points, by_hand.points, strict=True):
        assert ours.n == theirs.n
        assert_same(ours.chosen, theirs.chosen)
        assert_same(ours.oracle, theirs.oracle)


def last(told: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    return next((each for each in reversed(told) if each["verifier"] == name), None)


def word(told: dict[str, Any]) -> VerdictOutcome:
    return VerdictOutcome(told["outcome"])


def is_scored(told: Any, right: bool | None) -> bool:
    broke = word(told) in (VerdictOutcome.ERROR, VerdictOutcome.TIMEOUT)
    return right is not None and told["score"] is not None and not broke


def assert_same(ours: Any, theirs: Any) -> None:
    assert ours == (pytest.approx(theirs) if is_known(theirs) else theirs)


def test_abstentions_and_errors_are_counted_apart(viewer: Viewer) -> None:
    words = [ACCEPT, UNSURE, VerdictOutcome.ERROR, VerdictOutcome.TIMEOUT]
    judged(*((False, [{"outcome": each}]) for each in words))
    found = get(viewer)
    assert found.outcomes == {"accept": 1, "reject": 0, "unsure": 1, "error": 1, "timeout": 1}
    assert (found.undecided, found.confusion.total) == (3, 1)
    assert found.of_wrong == {"accept": 1, "unsure": 1, "error": 1, "timeout": 1}
    row = only(viewer, "judge")
    assert (row.accept, row.unsure, row.broken) == (1, 1, 2)
    assert [nodes_in(viewer, cell) for cell in (Cell.UNSURE, Cell.BROKEN, Cell.UNDECIDED)] == [
        1,
        2,
        3,
    ]


def test_statistics_of_nothing_are_undefined(viewer: Viewer) -> None:
    judged((None, [{"outcome": UNSURE}]))
    found = get(viewer)
    nothing = Undefined.NO_SAMPLES
    assert {share.value for share in found.shares.values()} == {nothing}
    assert (found.area.value, found.area.within) == (nothing, nothing)
    assert (found.calibration.error, found.calibration.brier) == (nothing, nothing)
    assert found.selection.curve.lack is nothing
    assert (found.cost, found.scores, found.others) == (None, None, [])


def test_one_class_has_no_area(viewer: Viewer) -> None:
    judged((True, [{"score": 0.5}]), (True, [{"score": 0.7}]))
    assert get(viewer).area.value is Undefined.ONE_CLASS


def test_the_truth_is_the_source_s_then_a_reference_s_then_an_independent_check_s_then_a_person_s(
    viewer: Viewer,
) -> None:
    saw = {"verifier": "key", "saw_reference": True, "outcome": REJECT}
    ran = {"verifier": "calc", "verifier_kind": VerifierKind.CALCULATOR, "outcome": ACCEPT,
           "independence": Independence.DETERMINISTIC}  # fmt: skip
    said = {"verifier": "user:bob", "verifier_kind": VerifierKind.HUMAN, "outcome": REJECT}
    near = {**ran, "verifier": "own tests", "independence": Independence.SAME_MODEL}
    judged(
        (True, [{}, saw]),
        (None, [{}, saw, ran]),
        (None, [{}, ran, said]),
        (None, [{}, near, said]),
        (None, [{}, near]),
    )
    found = get(viewer)
    assert found.bases == {"outcome": 1, "reference": 1, "exact_check": 1, "person": 1}
    assert (found.unknown, found.confusion.true_accepts, found.confusion.false_accepts) == (1, 2, 2)
    assert only(viewer, "judge").confusion == found.confusion
    for truth, count in {Truth.REFERENCE: 2, Truth.EXACT_CHECK: 2, Truth.PERSON: 2}.items():
        alone = get(viewer, Judging(verifier="judge", truth=truth))
        assert alone.bases == {each.value: count * (each is truth) for each in Truth}
    assert nodes_in(viewer, Cell.KNOWN, basis=Truth.PERSON) == 1


def test_witnesses_that_disagree_tell_nothing_and_the_next_rank_is_asked(viewer: Viewer) -> None:
    yes, no = (
        {"verifier": name, "saw_reference": True, "outcome": outcome}
        for name, outcome in (("key a", ACCEPT), ("key b", REJECT))
    )
    said = {"verifier": "user:bob", "verifier_kind": VerifierKind.HUMAN, "outcome": ACCEPT}
    judged((None, [{}, yes, no]), (None, [{}, yes, no, said]))
    assert (get(viewer).unknown, get(viewer).bases["person"]) == (1, 1)


def test_a_verifier_is_not_its_own_witness_in_another_version(viewer: Viewer) -> None:
    judged((None, [{"version": "1", "saw_reference": True}, {"version": "2", "outcome": REJECT}]))
    assert get(viewer, Judging(verifier="judge", version="2")).confusion.total == 0
    rows = list_verifiers(who=viewer, filters=ALL).items
    assert [(row.version, row.known) for row in rows] == [("1", 0), ("2", 0)]


def test_versions_are_counted_apart_and_together_the_latest_stands(viewer: Viewer) -> None:
    judged((True, [{"version": "1", "at": NOW_NS}, {"outcome": REJECT, "at": NOW_NS + 1}]))
    assert get(viewer, Judging(verifier="judge", version="1")).confusion.true_accepts == 1
    assert get(viewer, Judging(verifier="judge", version=NO_VERSION)).confusion.false_rejects == 1
    both = get(viewer)
    assert (both.nodes, both.confusion.false_rejects) == (1, 1)
    assert sorted(both.versions, key=str) == [("1", 1), (None, 1)]


def test_a_threshold_decides_by_the_score(viewer: Viewer) -> None:
    judged(*((right, [{"outcome": UNSURE, "score": score}])
             for score, right in [(20.0, True), (20.0, False), (3.0, True), (0.0, False)]))  # fmt: skip
    assert get(viewer).undecided == 4
    found = get(viewer, Judging(verifier="judge", threshold=20))
    assert found.confusion == count_confusion(
        [(True, True), (True, False), (False, True), (False, False)]
    )


def test_scores_are_put_on_the_scale_that_is_stated_and_no_other(viewer: Viewer) -> None:
    judged((True, [{"score": 8.0, "scale_min": 0.0, "scale_max": 10.0}]), (False, [{"score": 3.0}]))
    stated = get(viewer).calibration
    assert (stated.is_stated, stated.count) == (True, 1)
    assert stated.brier == pytest.approx(0.04)
    judged((True, [{"verifier": "bare", "score": 3.0}]))
    assert get(viewer, Judging(verifier="bare")).calibration.count == 0


@pytest.mark.parametrize(
    "scale", [(-1.7e308, 1.7e308), (1.7e308, -1.7e308), (0.0, 5e-324), (1.0, 1.0), (1e15, -1e15)]
)
def test_no_scale_breaks_the_count(viewer: Viewer, scale: tuple[float, float]) -> None:
    told = [
        {"score": each, "scale_min": scale[0], "scale_max": scale[1]} for each in (1e308, 5e-324)
    ]
    judged((True, [told[0]]), (False, [told[1]]))
    assert get(viewer).area.value == 1.0


def test_flags_costs_and_ranges_are_what_the_verdicts_say(viewer: Viewer) -> None:
    cent = Cost(amount=Decimal("0.01"), currency="USD", provenance=CostProvenance.REPORTED)
    judged(
        (True, [{"saw_reference": True, "cost": cent, "threshold": 0.5, "score": 0.25}]),
        (True, [{"independence": Independence.SAME_MODEL, "cost": cent, "score": 0.75}]),
    )
    found = get(viewer)
    assert (found.saw_reference, found.same_model, found.priced) == (1, 1, 2)
    assert (str(found.cost), found.thresholds, found.scores) == (
        "0.020000000000000000",
        (0.5, 0.5),
        (0.25, 0.75),
    )
    row = only(viewer, "judge")
    assert (row.saw_reference, row.same_model, row.cost, row.priced) == (1, 1, found.cost, 2)


def test_filters_are_those_of_the_list_of_runs(viewer: Viewer) -> None:
    judged((True, [{}]), tag="easy")
    judged((False, [{}]), tag="hard")
    assert get(viewer, filters=RunFilters(tag="hard")).confusion.false_accepts == 1
    assert get(viewer, filters=RunFilters(tag="none")).nodes == 0
    assert list_verifiers(who=viewer, filters=RunFilters(tag="easy")).items[0].nodes == 1


def test_counting_ends_at_the_bound_and_goes_on_from_there(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = sorted(judged((True, [{}]), (True, [{}])) for _ in range(3))
    monkeypatch.setattr(verifier_runs, "VERDICTS_AT_MOST", 3)
    first = get(viewer)
    assert (first.nodes, first.counted.verdicts, first.counted.next) == (4, 4, runs[1])
    rest = get_verifier(who=viewer, asked=JUDGE, filters=ALL, cursor=first.counted.next)
    assert (rest.nodes, rest.counted.next) == (2, None)


def test_lists_go_on_after_their_last(viewer: Viewer) -> None:
    judged((True, [{"verifier": name} for name in "abcde"]))
    names, after = [], None
    while True:
        page = list_verifiers(who=viewer, filters=ALL, after=after, limit=2)
        assert page.total == 5
        names += [row.verifier for row in page.items]
        after = page.next
        if after is None:
            break
    assert names == list("abcde")


def test_what_is_not_theirs_is_not_there(viewer: Viewer) -> None:
    judged((True, [{}]))
    stranger = Viewer(project_ids=frozenset({make_project("other").pk}))
    for ask in (
        lambda: get(stranger),
        lambda: get(viewer, Judging(verifier="nobody")),
        lambda: get(viewer, Judging(verifier="\x00")),
        lambda: get(viewer, filters=RunFilters(project="other")),
        lambda: list_verifiers(who=viewer, filters=RunFilters(project="other")),
        lambda: list_verifiers(who=viewer, filters=ALL, after="bm9uZQ=="),
        lambda: list_judged_nodes(who=stranger, asked=JUDGE, which=NodeCell(), filters=ALL),
        lambda: list_judged_nodes(
            who=viewer, asked=JUDGE, which=NodeCell(), filters=ALL, after="none"
        ),
    ):
        with pytest.raises(NotVisible):
            ask()
    assert list_verifiers(who=stranger, filters=ALL).items == []
