"""CodeT's and GSM8K's samples become candidates, each with what is known of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    NodeObserved,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.events.codec import decode, encode
from deliberation.vocabulary import Strategy
from ingest.importers import codet_samples, gsm8k_solutions
from ingest.importers.base import ImportedRun, NotImportable, Unrecognised
from ingest.importers.codet_results import COLUMNS, TABLE, UNREADABLE
from ingest.importers.codet_samples import CODET_SAMPLES
from ingest.importers.gsm8k_solutions import GSM8K_SOLUTIONS, final_answer
from ingest.importers.reflexion import REFLEXION

RUN = "01890a5d-ac96-774b-bcce-b302099a8057"
PROGRAMS = "HumanEval_codegen16B_temp0.8_topp0.95_num2_max300_code_solution.jsonl"
PROGRAM = {"prompt": "def one():\n", "samples": ["    return 1", "    return 2"]}
HEADER = ",".join(COLUMNS)
TABLE_OF_TWO = f"{HEADER}\nHumanEval/0,0,1,5,5,0\nHumanEval/0,1,0,2,5,-1\n"
PROBLEM = {
    "question": "How much is 6 * 7?",
    "ground_truth": "It is <<6*7=42>>42\nA: 42",
    "6b_finetuning": {"is_correct": False, "solution": "It is 13\nA: 13"},
    "6b_verification": {"is_correct": True, "solution": "It is 42\nA: 42"},
}
Kind = TypeVar("Kind", bound=Event)


def write(folder: Path, *lines: dict[str, Any], name: str = PROGRAMS) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def told(run: ImportedRun, kind: type[Kind]) -> list[Kind]:
    return [event for event in run.tell(RUN) if isinstance(event, kind)]


@pytest.fixture
def executed(tmp_path: Path) -> ImportedRun:
    (tmp_path / TABLE).write_text(TABLE_OF_TWO)
    (run,) = codet_samples.read(write(tmp_path, PROGRAM))
    return run


def test_it_works(executed: ImportedRun) -> None:
    (start,) = told(executed, RunStarted)
    assert (start.name, start.models, start.strategy) == (
        "HumanEval/0",
        ["codegen16B"],
        Strategy.BEST_OF_N,
    )
    assert json.loads(start.strategy_params or "")["temperature"] == "0.8"
    assert [each.output for each in told(executed, NodeObserved)][1:] == PROGRAM["samples"]
    assert told(executed, AnswerSelected) == []
    assert executed.size == 3
    assert executed.warnings == []


def test_a_table_beside_the_file_says_what_each_sample_did(executed: ImportedRun) -> None:
    good, bad = (each for each in told(executed, CandidateProposed) if each.correct is not None)
    assert (good.node, good.correct, good.cluster, good.votes) == ("s.0", True, "behaviour 0", 1)
    assert (bad.node, bad.correct, bad.cluster, bad.votes) == ("s.1", False, None, None)
    first, second = told(executed, VerdictGiven)
    assert (first.outcome.value, first.checks_passed, first.checks_total) == ("accept", 5, 5)
    assert (second.outcome.value, second.score, second.scale_max) == ("reject", 2.0, 5.0)
    assert second.rationale == "it did not load"
    assert not first.saw_reference


def test_samples_that_came_alone_learn_later_what_they_did(tmp_path: Path) -> None:
    path = write(tmp_path, PROGRAM)
    (alone,) = codet_samples.read(path)
    (tmp_path / TABLE).write_text(TABLE_OF_TWO)
    (later,) = codet_samples.read(path)
    assert alone.known_by == later.known_by
    before = {event.key: event for event in alone.tell(RUN)}
    after = {event.key: event for event in later.tell(RUN)}
    assert {key: after[key] for key in before} == before
    assert sum(isinstance(event, VerdictGiven) for event in after.values()) == 2
    assert not any(isinstance(event, VerdictGiven) for event in before.values())


@pytest.mark.parametrize(
    "table", ["", "task_id,passed\n", f"{HEADER}\nHumanEval/0,0,yes,5,5,0\n", f"{HEADER}\nx,0\n"]
)
def test_a_table_that_cannot_be_read_is_a_warning(tmp_path: Path, table: str) -> None:
    (tmp_path / TABLE).write_text(table)
    (run,) = codet_samples.read(write(tmp_path, PROGRAM))
    assert run.warnings == [UNREADABLE]
    assert told(run, VerdictGiven) == []


def test_the_table_alone_is_no_log_and_says_with_what_it_is_read(tmp_path: Path) -> None:
    table = tmp_path / TABLE
    table.write_text(TABLE_OF_TWO)
    assert codet_samples.sniff(table, table.read_bytes())
    with pytest.raises(Unrecognised, match="is read with the samples beside it"):
        list(codet_samples.read(table))


def test_a_renamed_file_has_no_model_and_says_so(tmp_path: Path) -> None:
    (run,) = codet_samples.read(write(tmp_path, PROGRAM, name="samples.jsonl"))
    assert run.warnings == [codet_samples.NO_MODEL]
    assert told(run, RunStarted)[0].name == "task/0"


def test_each_model_s_answer_is_a_run_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, PROBLEM, name="solutions.jsonl")
    assert gsm8k_solutions.sniff(path, path.read_bytes())
    tuned, ranked = gsm8k_solutions.read(path)
    assert tuned.known_by != ranked.known_by
    strategies = [told(run, RunStarted)[0].strategy for run in (tuned, ranked)]
    assert strategies == [Strategy.CHAIN_OF_THOUGHT, Strategy.BEST_OF_N]
    (candidate,) = told(ranked, CandidateProposed)
    assert (candidate.answer, candidate.cluster, candidate.correct) == ("42", "42", True)
    assert told(tuned, RunEnded)[0].answer == "13"
    assert told(tuned, NodeObserved)[0].output == "It is 13\nA: 13"


def test_words_of_a_format_somewhere_inside_another_are_not_taken_for_it(tmp_path: Path) -> None:
    inspect = {"version": 2, "samples": [{"input": {"prompt": "", "solution": "", "is_solved": 1}}]}
    nested = {"messages": [PROBLEM, PROGRAM]}
    for other in (inspect, nested):
        path = write(tmp_path, other)
        for importer in (CODET_SAMPLES, GSM8K_SOLUTIONS, REFLEXION):
            assert not importer.sniff(path, path.read_bytes())


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("A: 18", "18"),
        ("so\n#### 1,234", "1,234".replace(",", "")),
        ("so\nA: $5.", "$5"),
        ("Plan A: go\nthen stop", None),
        ("", None),
        ("A:", None),
    ],
)
def test_the_final_answer_is_what_stands_behind_its_mark(text: str, answer: str | None) -> None:
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"6b_finetuning": {"solution": "A: 1"}},
        {"6b_finetuning": {"is_correct": True}, "question": 1},
    ],
)
def test_a_file_of_misshapen_lines_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotImportable, match="line 1 is left out"):
        list(gsm8k_solutions.read(write(tmp_path, {**PROBLEM, **wrong})))
    with pytest.raises(NotImportable, match="it holds no sample"):
        list(codet_samples.read(write(tmp_path, {"prompt": "", "samples": []})))


def test_every_event_can_be_sealed_and_has_a_key_of_its_own(
    tmp_path: Path, executed: ImportedRun
) -> None:
    solutions = gsm8k_solutions.read(write(tmp_path, PROBLEM, name="solutions.jsonl"))
    for run in (executed, *solutions):
        events = list(run.tell(RUN))
        assert [decode(encode(event)) for event in events] == events
        assert len({event.key for event in events}) == len(events)
