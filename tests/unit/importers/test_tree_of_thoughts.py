"""Tree-of-Thoughts logs become searches whose every state says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    FateDecided,
    NodeObserved,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.events.codec import decode, encode
from deliberation.vocabulary import CostBasis, DiscardReason, Fate, Strategy, VerdictOutcome
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.tot_name import origin_of
from ingest.importers.tree_of_thoughts import NO_MODEL, read, sniff
from ingest.importers.usage_counter import RESTARTED, UNANCHORED, UNREADABLE
from tests.unit.importers import tiny

RUN = "01890a5d-ac96-774b-bcce-b302099a8057"
Kind = TypeVar("Kind", bound=Event)


def told(run: ImportedRun, kind: type[Kind]) -> list[Kind]:
    return [event for event in run.tell(RUN) if isinstance(event, kind)]


def only(run: ImportedRun, kind: type[Kind]) -> Kind:
    (event,) = told(run, kind)
    return event


def by_node(run: ImportedRun, kind: Any) -> dict[str, Any]:
    return {event.node: event for event in told(run, kind)}


@pytest.fixture
def search(tmp_path: Path) -> ImportedRun:
    return next(read(tiny.write(tmp_path, tiny.cases())))


def test_it_works(search: ImportedRun) -> None:
    start = only(search, RunStarted)
    assert (start.task, start.strategy, start.models) == ("1 2 3 4", Strategy.TOT_BFS, ["gpt-4"])
    assert start.name == "game24 1 2 3 4"
    assert only(search, RunEnded).answer == "1 * 2 = 2 (left: 2 12)"
    assert search.size == len(by_node(search, NodeObserved)) == 8
    assert search.warnings == []


def test_a_state_hangs_under_the_state_it_extends(search: ImportedRun) -> None:
    nodes = by_node(search, NodeObserved)
    assert [nodes[f"1.{index}"].parent for index in range(3)] == ["root"] * 3
    assert [nodes[f"2.{index}"].parent for index in range(4)] == ["1.1", "1.1", "1.1", "1.0"]
    assert nodes["2.1"].text == "12 - 1 = 11 (left: 2 11)"
    assert nodes["2.1"].output == tiny.POOR
    assert nodes["2.1"].depth == 2


def test_a_state_on_the_way_to_the_first_output_is_selected(search: ImportedRun) -> None:
    fates = by_node(search, FateDecided)
    assert {node for node, each in fates.items() if each.fate is Fate.SELECTED} == {"1.1", "2.0"}
    assert {node for node, each in fates.items() if each.fate is Fate.KEPT} == {"1.0", "2.3"}
    assert "root" not in fates


def test_a_state_outside_the_beam_says_on_what_number_it_was_cut(search: ImportedRun) -> None:
    fate = by_node(search, FateDecided)["1.2"]
    assert (fate.fate, fate.reason) == (Fate.DISCARDED, DiscardReason.PRUNED_LOW_VALUE)
    assert (fate.by, fate.value, fate.cutoff, fate.rank) == ("tot.value", 0.003, 2.001, 3)


def test_a_repeated_state_is_a_duplicate_that_nobody_valued(search: ImportedRun) -> None:
    fate = by_node(search, FateDecided)["2.2"]
    assert (fate.fate, fate.reason) == (Fate.DISCARDED, DiscardReason.DUPLICATE)
    assert "2.2" not in by_node(search, NodeScored)


def test_a_value_has_its_author_and_its_scale(search: ImportedRun) -> None:
    score = by_node(search, NodeScored)["2.0"]
    assert (score.value, score.scale_min, score.scale_max) == (60.0, 0.0, 60.0)
    assert (score.scorer, score.rank) == ("gpt-4 value ×3", 1)


def test_outputs_are_candidates_with_the_verdict_of_the_exact_test(search: ImportedRun) -> None:
    candidates = told(search, CandidateProposed)
    assert [(each.node, each.correct) for each in candidates] == [("2.0", True), ("2.3", False)]
    verdicts = told(search, VerdictGiven)
    assert [each.outcome for each in verdicts] == [VerdictOutcome.ACCEPT, VerdictOutcome.REJECT]
    assert not any(each.saw_reference for each in verdicts)


def test_the_answer_is_the_first_output(search: ImportedRun) -> None:
    selected = only(search, AnswerSelected)
    assert (selected.node, selected.runner_up, selected.margin) == ("2.0", "2.3", 57.0)


def test_nothing_has_a_time_for_the_log_has_none(search: ImportedRun) -> None:
    assert {event.at for event in search.tell(RUN)} == {None}


def test_every_event_keeps_its_key_and_survives_the_wire(search: ImportedRun) -> None:
    events = list(search.tell(RUN))
    assert len({event.key for event in events}) == len(events)
    assert [decode(encode(event)) for event in events] == events == list(search.tell(RUN))


def test_the_usage_of_a_case_is_what_it_added(tmp_path: Path) -> None:
    first, second = (
        by_node(run, NodeObserved)["root"] for run in read(tiny.write(tmp_path, tiny.cases()))
    )
    assert (first.usage.input, first.usage.output, first.cost.amount) == (200, 70, Decimal("0.1"))
    assert (second.usage.input, second.usage.output) == (100, 30)
    assert second.cost.amount == Decimal("0.20000000000000004")
    assert second.cost_basis is CostBasis.UNALLOCATED


def test_a_counter_that_goes_backwards_has_restarted(tmp_path: Path) -> None:
    cases = tiny.cases()
    cases[1]["usage_so_far"] = {"completion_tokens": 9, "prompt_tokens": 8, "cost": 0.05}
    runs = list(read(tiny.write(tmp_path, cases)))
    assert by_node(runs[1], NodeObserved)["root"].cost.amount == Decimal("0.05")
    assert list(runs[1].warnings) == [RESTARTED]


@pytest.mark.parametrize(
    "usage",
    [
        '{"completion_tokens": 1e400, "prompt_tokens": 1, "cost": 1}',
        '{"completion_tokens": 23000000000000000000000, "prompt_tokens": 1, "cost": 1}',
        '{"completion_tokens": 1, "prompt_tokens": 1, "cost": 1e30}',
        '{"completion_tokens": -1, "prompt_tokens": 1, "cost": 1}',
        '{"completion_tokens": true, "prompt_tokens": 1, "cost": "1"}',
        "[]",
    ],
)
def test_usage_that_cannot_be_meant_is_unknown_and_said(tmp_path: Path, usage: str) -> None:
    import json

    cases = tiny.cases()
    cases[0]["usage_so_far"] = "HERE"
    first, second = read(tiny.write(tmp_path, json.dumps(cases).replace('"HERE"', usage)))
    assert by_node(first, NodeObserved)["root"].usage is None
    assert (list(first.warnings), list(second.warnings)) == ([UNREADABLE], [UNANCHORED])


def test_the_same_bytes_are_the_same_run_and_other_bytes_another(tmp_path: Path) -> None:
    path = tiny.write(tmp_path, tiny.cases())
    names = [run.known_by for run in read(path)]
    assert [run.known_by for run in read(path)] == names
    assert len(set(names)) == 2
    assert all(len(name) <= 64 for name in names)
    again = tiny.write(tmp_path, tiny.cases()[:1], "other.json")
    assert next(read(again)).known_by not in names


def test_the_model_is_known_only_where_a_name_says_it(tmp_path: Path) -> None:
    path = tiny.write(tmp_path, tiny.cases(), "renamed.json")
    run = next(read(path))
    assert only(run, RunStarted).models is None
    assert list(run.warnings) == [NO_MODEL]
    score = by_node(run, NodeScored)["2.0"]
    assert (score.scorer, score.scale_max) == ("value", None)
    path.with_name("SOURCE.txt").write_text(f"files:\n  renamed.json <- logs/game24/{tiny.NAME}\n")
    assert only(next(read(path)), RunStarted).models == ["gpt-4"]
    assert origin_of(path).parameters["n_select"] == "2"


def test_samples_are_candidates_with_the_votes_for_their_last_line(tmp_path: Path) -> None:
    name = "gpt-4_0.7_naive_cot_sample_4_start0_end1.json"
    run = next(read(tiny.write(tmp_path, [tiny.SAMPLES], name)))
    candidates = told(run, CandidateProposed)
    assert [each.votes for each in candidates] == [2, 1, 2, None]
    assert [each.cluster for each in candidates] == [
        "Answer: 1 * 2",
        "Answer: 3 * 4",
        "Answer: 1 * 2",
        None,
    ]
    assert [each.correct for each in candidates] == [False, True, False, False]
    assert only(run, RunStarted).strategy is Strategy.SELF_CONSISTENCY
    assert only(run, RunEnded).answer is None
    assert not told(run, AnswerSelected)


def test_a_graded_score_is_no_verdict(tmp_path: Path) -> None:
    cases = tiny.cases()
    for step in cases[0]["steps"]:
        step["x"] = "Write a letter."
    cases[0]["infos"] = [{"r": 7.5}, {"r": 1}]
    path = tiny.write(tmp_path, cases[:1])
    moved = path.rename(tmp_path / path.name)
    run = next(read(moved))
    assert not told(run, VerdictGiven)
    assert [each.correct for each in told(run, CandidateProposed)] == [None, True]


def break_steps(case: dict[str, Any]) -> None:
    case["steps"] = {"0": 1}


def drop_value(case: dict[str, Any]) -> None:
    case["steps"][1]["values"].pop()


def huge_value(case: dict[str, Any]) -> None:
    case["steps"][0]["values"][0] = 10**400


def text_value(case: dict[str, Any]) -> None:
    case["steps"][0]["values"][0] = "sure"


def lone_number(case: dict[str, Any]) -> None:
    case["steps"][0]["new_ys"] = [1, 2, 3]


def drop_info(case: dict[str, Any]) -> None:
    case["infos"].pop()


@pytest.mark.parametrize(
    "damage", [break_steps, drop_value, huge_value, text_value, lone_number, drop_info]
)
def test_a_damaged_case_is_named(tmp_path: Path, damage: Callable[[dict[str, Any]], None]) -> None:
    cases = tiny.cases()
    damage(cases[1])
    with pytest.raises(NotImportable, match="case 1: "):
        list(read(tiny.write(tmp_path, cases)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "[[]]",
        "[" * 100_000,
        '[{"ys": NaN}]',
        "\x00",
        '[{"ys": []',
        "1" * 9_999,
    ],
)
def test_what_is_no_log_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotImportable):
        list(read(tiny.write(tmp_path, text)))


def test_a_state_that_extends_nothing_is_kept_and_said(tmp_path: Path) -> None:
    cases = tiny.cases()[:1]
    cases[0]["steps"][1]["new_ys"][3] = "from nowhere\n"
    run = next(read(tiny.write(tmp_path, cases)))
    assert by_node(run, NodeObserved)["2.3"].parent == "root"
    assert any("1 states extend no state" in text for text in run.warnings)
    assert any("1 outputs are no state" in text for text in run.warnings)


def test_a_log_is_known_by_its_beginning() -> None:
    assert sniff(Path("x"), b' [{"steps": [{"ys": [""]')
    assert not sniff(Path("x"), b'{"resourceSpans": [], "ys": [], "idx": 1}')
    assert not sniff(Path("x"), b"[1, 2]")
