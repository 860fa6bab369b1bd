"""What many runs come to: the numbers of rows counted by hand, what is undefined, and whose runs they are."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from deliberation.events import (
    BudgetHit,
    CandidateProposed,
    FateDecided,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    Dimension,
    DiscardReason,
    Fate,
    LimitKind,
    NodeKind,
    ObservedState,
    OnHit,
    SpendBasis,
    VerdictOutcome,
    VerifierKind,
)
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.integration.queries.over_runs import answered, counted, fact, facts_of, read
from tests.people import People, make_project
from traces.analytics.inequality import gini
from traces.analytics.separation import auc
from traces.analytics.undefined import Undefined
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import Grouping, Measure, Scope, ask
from traces.queries.over_runs.sections import SECTIONS, NotACell, list_members
from traces.queries.over_runs.told import How, Unit
from traces.queries.run_filters import RunFilters


@pytest.fixture
def scope(people: People) -> Scope:
    return Scope(who=people.bob, filters=RunFilters())


def test_it_works(people: People, scope: Scope) -> None:
    for right, cost in ((True, "1"), (True, "3"), (False, "2"), (None, "9")):
        answered(people.project, right=right, cost=cost)
    section = read(scope, "effort")
    assert (section.n, section.is_whole) == (3, True)
    assert fact(section, "effort.auc").value == 0.5
    assert fact(section, "effort.unknown").value == 1


@pytest.mark.parametrize("section", list(SECTIONS))
def test_nothing_is_undefined_or_none_and_never_a_crash(section: str, scope: Scope) -> None:
    found = read(scope, section)
    assert found.n == 0
    for each in facts_of(found):
        assert each.unit is Unit.COUNT or each.value is None or each.undefined or not each.value
        assert each.unit is Unit.COUNT or each.value != 0 or each.key == "discarded.cost"


@pytest.mark.parametrize("section", list(SECTIONS))
def test_charlie_has_nothing_and_other_projects_are_not_counted(
    section: str, people: People, scope: Scope
) -> None:
    answered(people.project, right=True, cost="1", output=9, confidence=0.5, tier="t")
    answered(make_project("other"), right=False, cost="7", output=9, confidence=0.5, tier="t")
    assert read(replace(scope, who=people.charlie), section).n == 0
    for each in facts_of(read(scope, section)):
        if each.runs is None:
            continue
        assert len(counted(scope, section, each)) <= 1
        assert counted(replace(scope, who=people.charlie), section, each) == []


def test_every_figure_leads_to_as_many_runs_as_it_counts(people: People, scope: Scope) -> None:
    for number in range(12):
        answered(
            people.project,
            right=(True, False, None)[number % 3],
            cost=None if number % 5 == 4 else str(number),
            output=100 + number % 4,
            reasoning=number % 2 * 50,
            seen="x" * (number % 3 * 80) or None,
            confidence=number / 10 if number % 4 else None,
            tier=("free", "pro")[number % 2],
            task=f"task {number // 4}",
            budgets={"usd": "5"} if number % 2 else None,
        )
    search(people, number=2)
    known: dict[object, list[uuid.UUID]] = {}
    for name in SECTIONS:
        for each in facts_of(read(scope, name)):
            if each.runs is None:
                continue
            asked = (name, *sorted(each.runs.items()))
            runs = known[asked] = known.get(asked) or counted(scope, name, each)
            assert runs == sorted(set(runs), reverse=True)
            if each.how is How.WILSON:
                assert each.n is not None
                assert isinstance(each.value, float)
                assert len(runs) == round(each.value * each.n), (each.key, each.runs)
            elif each.unit is Unit.COUNT and name not in ("discarded", "legibility", "tiers"):
                assert len(runs) == each.value, (each.key, each.runs)


def test_effort_is_that_of_all_pairs_and_of_pairs_of_one_task(people: People, scope: Scope) -> None:
    told = [
        ("a", True, 10), ("a", True, 40), ("a", False, 20), ("a", False, 40), ("b", True, 5),
        ("b", True, 5), ("b", True, 90), ("b", False, 60), ("c", False, 70), ("c", False, 1),
    ]  # fmt: skip
    for task, right, output in told:
        answered(people.project, right=right, output=output, task=task)
    section = read(replace(scope, measure=Measure.OUTPUT), "effort")
    assert fact(section, "effort.auc").value == auc([(output, right) for _, right, output in told])
    # a: 10<20, 10<40, 40>20, 40=40: 1.5 of 4. b: 5<60, 5<60, 90>60: 1 of 3. c has no pair.
    assert fact(section, "effort.within").value == pytest.approx(2.5 / 7)
    assert fact(section, "effort.within").n == 8
    bins = {row.label: row.facts for row in section.tables[1].rows}
    assert list(bins) == ["difficulty_0", "difficulty_2", "difficulty_3"]
    assert [each.value for each in bins["difficulty_3"][:2]] == [4, pytest.approx(1 / 3)]
    assert bins["difficulty_0"][1].value is Undefined.ONE_CLASS
    # Of a: 10 | 20 | 40 and 40, which are not torn apart.
    assert [each.n for each in bins["difficulty_2"][2:]] == [1, 1, 2]
    assert [each.value for each in bins["difficulty_2"][2:]] == [1, 0, 0.5]


def test_equal_efforts_are_all_in_the_middle(people: People, scope: Scope) -> None:
    for right in (True, True, False, False):
        answered(people.project, right=right, cost="1")
    section = read(scope, "effort")
    assert [row.label for row in section.tables[0].rows] == ["third_1"]
    assert fact(section, "effort.auc").value == 0.5


def test_a_run_is_right_by_the_strongest_word(people: People, scope: Scope) -> None:
    def given(run: str, node: str, outcome: VerdictOutcome, **facts: object) -> None:
        facts = {"verifier": "v", "outcome": outcome, **facts}
        put_on_record(people.project, make_event(VerdictGiven, run, node=node, **facts))

    tests = {"verifier_kind": VerifierKind.UNIT_TEST}
    stated = answered(people.project, right=True)
    given(stated, "c", VerdictOutcome.REJECT, saw_reference=True)
    seen = answered(people.project)
    given(seen, "c", VerdictOutcome.REJECT, saw_reference=True)
    given(seen, "c", VerdictOutcome.ACCEPT, **tests, verifier="own")
    checked = answered(people.project)
    given(checked, "c", VerdictOutcome.ACCEPT, **tests)
    disputed = answered(people.project)
    given(disputed, "c", VerdictOutcome.ACCEPT, **tests)
    given(disputed, "c", VerdictOutcome.REJECT, **tests, verifier="another")
    judged = answered(people.project)
    given(judged, "c", VerdictOutcome.ACCEPT, verifier_kind=VerifierKind.LLM_JUDGE)
    as_a_whole = new_run()
    put_on_record(people.project, observed(as_a_whole, "root", node_kind=NodeKind.AGENT))
    given(as_a_whole, "root", VerdictOutcome.ACCEPT, saw_reference=True)
    inside = new_run()
    put_on_record(
        people.project, observed(inside, "root"), observed(inside, "below", parent="root")
    )
    given(inside, "below", VerdictOutcome.ACCEPT, saw_reference=True)
    rows = ask(known_runs(scope), "SELECT id::text, is_right, basis FROM known")
    assert {row["id"]: (row["is_right"], row["basis"]) for row in rows} == {
        stated: (True, "outcome"),
        seen: (False, "reference"),
        checked: (True, "exact_check"),
        as_a_whole: (True, "reference"),
        **dict.fromkeys((disputed, judged, inside), (None, None)),
    }


def search(people: People, *, number: int) -> str:
    """A root, a discarded branch of three nodes with one more discarded in it, and a returned one; $1 each below."""
    run = new_run()
    money = {"cost": Cost(amount=Decimal(1), provenance=CostProvenance.REPORTED)}
    call = {"node_kind": NodeKind.MODEL_CALL, **money}
    put_on_record(
        people.project,
        observed(run, "root", node_kind=NodeKind.STEP),
        *(observed(run, f"gone{n}", parent="root", **call) for n in range(number)),
        observed(run, "below", parent="gone0", **call),
        observed(run, "deeper", parent="below", **call),
        observed(run, "answer", parent="root", **call),
        *(
            make_event(FateDecided, run, node=f"gone{n}", fate=Fate.DISCARDED, by="beam",
                       reason=DiscardReason.PRUNED_LOW_VALUE)
            for n in range(number)
        ),
        make_event(FateDecided, run, node="below", fate=Fate.DISCARDED, by="v",
                   reason=DiscardReason.DUPLICATE),
        make_event(FateDecided, run, node="answer", fate=Fate.SELECTED),
    )  # fmt: skip
    return run


def test_discarded_branches_are_counted_once_and_all_adds_up(people: People, scope: Scope) -> None:
    run = search(people, number=2)
    answered(people.project, cost="4")
    section = read(scope, "discarded")
    (row,) = section.tables[0].rows
    assert row.label == "pruned_low_value"
    told = {each.key.partition(".")[2]: each.value for each in row.facts}
    assert told == {
        "of_runs": 1, "branches": 2, "nodes": 4, "tokens": None, "cost": 4, "wrongly": 0,
    }  # fmt: skip
    assert fact(section, "discarded.cost_share").value == 4 / 9
    assert fact(section, "discarded.nodes_share").value == 4 / 7
    assert fact(section, "discarded.not_returned").value == pytest.approx(4 / 5)
    rest = {row.label: row.facts[0].value for row in section.tables[1].rows}
    assert rest == {"open": 1, "selected": 1}
    assert [str(each) for each in counted(scope, "discarded", row.facts[0])] == [run]


def test_where_nothing_was_discarded_that_is_none_of_it(people: People, scope: Scope) -> None:
    answered(people.project, cost="4")
    section = read(scope, "discarded")
    assert fact(section, "discarded.cost_share").value == 0
    assert fact(section, "discarded.not_returned").value is Undefined.NO_SAMPLES


def test_the_tail_is_of_observed_amounts(people: People, scope: Scope) -> None:
    for cost in range(1, 21):
        answered(people.project, cost=str(cost), strategy=None)
    answered(people.project)
    section = read(replace(scope, times=2), "tail")
    told = {each.key.partition(".")[2]: each.value for each in section.facts}
    assert (told["p50"], told["p95"], told["p99"], told["most"]) == (10, 19, 20, 20)
    assert (told["ratio"], told["without"], told["total"]) == (2, 1, 210)
    assert told["top"] == pytest.approx(20 / 210)
    assert told["away"] == 0  # the limit is more than twice the median, 20


def test_a_run_within_its_own_hard_limit_has_not_run_away(people: People, scope: Scope) -> None:
    for _ in range(3):
        answered(people.project, cost="1")
    answered(people.project, cost="9", budgets={"usd": "10"})
    away = answered(people.project, cost="9", budgets={"usd": "8"})
    section = read(scope, "tail")
    found = fact(section, "tail.away")
    assert [str(each) for each in counted(scope, "tail", found)] == [away]


def test_calibration_keeps_stated_and_voted_confidence_apart(people: People, scope: Scope) -> None:
    for confidence, right in ((0.9, True), (0.9, False), (1.0, True), (7.0, True)):
        answered(people.project, right=right, confidence=confidence)
    run = new_run()
    answers = ("a", "b", "a", "c")
    put_on_record(
        people.project,
        make_event(RunStarted, run),
        *(observed(run, f"s{n}", node_kind=NodeKind.SAMPLE) for n in range(4)),
        *(
            make_event(CandidateProposed, run, node=f"s{n}", answer=each, correct=each == "b")
            for n, each in enumerate(answers)
        ),
    )
    section = read(scope, "calibration")
    tables = {table.key: table for table in section.tables}
    assert set(tables) == {"calibration.stated", "calibration.most_voted"}
    error, brier = tables["calibration.stated"].facts[:2]
    assert error.value == pytest.approx(abs(2.8 - 2) / 3)
    assert brier.value == pytest.approx((0.01 + 0.81) / 3)
    voted = tables["calibration.most_voted"].facts
    assert [each.value for each in voted[:2]] == [pytest.approx(0.5), pytest.approx(0.25)]
    assert fact(section, "calibration.no_probability").value == 1


def test_tiers_are_compared_on_the_questions_that_both_were_asked(
    people: People, scope: Scope
) -> None:
    costs = []
    for task, low, high in (("a", False, True), ("b", True, True), ("c", False, True)):
        for tier, right, cost in (("free", low, "1"), ("max", high, "4")):
            answered(people.project, task=task, tier=tier, right=right, cost=cost)
            costs.append(float(cost))
    answered(people.project, task="d", tier="max", right=False, cost="4")
    section = read(scope, "tiers")
    assert fact(section, "tiers.gini").value == pytest.approx(gini([*costs, 4.0]))
    each, paired = section.tables
    assert {row.label: row.facts[1].value for row in each.rows} == {"max": 0.75, "free": 1 / 3}
    (row,) = paired.rows
    assert row.label == "free → max"
    told = {fact.key.partition(".")[2]: fact for fact in row.facts}
    assert told["gain"].value == pytest.approx(2 / 3)
    assert (told["questions"].value, told["better"].value, told["worse"].value) == (3, 2, 0)
    assert len(counted(scope, "tiers", told["second"])) == 3
    by_model = read(replace(scope, grouping=Grouping.MODEL), "tiers")
    assert [row.label for row in by_model.tables[0].rows] == ["m"]


def test_legibility_is_by_calls_that_were_billed_for_reasoning(
    people: People, scope: Scope
) -> None:
    answered(people.project, output=100, reasoning=80, seen="x" * 40)
    answered(people.project, output=100, reasoning=20, model="n")
    answered(people.project, output=100)
    section = read(scope, "legibility")
    assert fact(section, "legibility.ratio").value == pytest.approx(0.4)
    assert fact(section, "legibility.reasoning").value == pytest.approx(0.5)
    assert fact(section, "legibility.without").value == 1
    assert {row.label: row.facts[0].value for row in section.tables[1].rows} == {"m": 0.5, "n": 0}


def test_budgets_say_which_was_hit_and_how_it_ended(people: People, scope: Scope) -> None:
    run = answered(
        people.project, budgets={"usd": "1", "samples": "3"}, soft_budgets={"usd": "0.5"}
    )
    hit = {
        "dimension": Dimension.USD,
        "limit": Decimal(1),
        "spent": Decimal("1.2"),
        "basis": SpendBasis.RUNNER,
        "action": OnHit.STOP,
    }
    put_on_record(
        people.project,
        make_event(BudgetHit, run, which=LimitKind.HARD, **hit),
        make_event(RunEnded, run, state=ObservedState.LIMIT_EXCEEDED),
    )
    answered(people.project)
    section = read(scope, "budgets")
    assert section.n == 1
    assert {row.label: row.facts[1].value for row in section.tables[0].rows} == {
        "usd hard": 1, "usd soft": 0, "samples hard": 0,
    }  # fmt: skip
    (row,) = section.tables[1].rows
    assert row.label.startswith("usd hard → stop → ")
    assert [str(each) for each in counted(scope, "budgets", row.facts[0])] == [run]


def test_a_cell_that_a_section_does_not_have_is_refused(scope: Scope) -> None:
    for cell in ({"id": "1"}, {"among": "traces_run"}, {"1=1 OR": "x"}):
        with pytest.raises(NotACell):
            list_members(scope=scope, section="tail", cell=cell)
