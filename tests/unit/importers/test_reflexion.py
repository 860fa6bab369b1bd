"""Reflexion logs become attempts, reflections and the verdicts of self-written tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    EdgeDrawn,
    Event,
    FateDecided,
    NodeObserved,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.events.codec import decode, encode
from deliberation.vocabulary import EdgeKind, Independence, NodeKind, Strategy, VerdictOutcome
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.reflexion import NO_MODEL, read, sniff
from ingest.importers.reflexion_task import REFLECTED, UNDECIDED, USED_UP

RUN = "01890a5d-ac96-774b-bcce-b302099a8057"
NAME = "mbpp-py._reflexion_3_gpt-4_pass_at_k_1_py.jsonl"
LINE = {
    "name": "mbpp_1",
    "prompt": "def add(a, b):\n",
    "test": "assert add(1, 2) == 3",
    "solution": "    return a + b",
    "is_solved": True,
    "reflections": ["It subtracts."],
}
FAILED = (
    "Tested passed:\nassert add(0, 0) == 0\n\nTests failed:\nassert add(1, 2) == 3 # output: -1"
)
PASSED = "Tested passed:\nassert add(0, 0) == 0\n\nTests failed:"
Kind = TypeVar("Kind", bound=Event)


def write(folder: Path, *lines: dict[str, Any], name: str = NAME) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def told(run: ImportedRun, kind: type[Kind]) -> list[Kind]:
    return [event for event in run.tell(RUN) if isinstance(event, kind)]


def outcomes(run: ImportedRun) -> list[tuple[str, str]]:
    return [(each.node, each.outcome.value) for each in told(run, VerdictGiven)]


def test_it_works(tmp_path: Path) -> None:
    (run,) = read(write(tmp_path, LINE))
    (start,) = told(run, RunStarted)
    assert (start.name, start.strategy, start.models) == ("mbpp_1", Strategy.REFLEXION, ["gpt-4"])
    assert start.tags == ["mbpp-py"]
    kinds = {each.node: each.node_kind for each in told(run, NodeObserved)}
    assert kinds == {
        "root": NodeKind.STEP,
        "attempt.0": NodeKind.PROPOSAL,
        "reflection.1": NodeKind.CRITIQUE,
        "attempt.1": NodeKind.REVISION,
    }
    (edge,) = told(run, EdgeDrawn)
    assert (edge.edge, edge.source, edge.target) == (EdgeKind.REVISES, "attempt.1", "attempt.0")
    (ended,) = told(run, RunEnded)
    assert ended.answer == "    return a + b"
    assert run.warnings == []


def test_only_what_was_returned_is_a_candidate_and_the_hidden_tests_judge_it(
    tmp_path: Path,
) -> None:
    (run,) = read(write(tmp_path, {**LINE, "is_solved": False}))
    (candidate,) = told(run, CandidateProposed)
    assert (candidate.node, candidate.correct) == ("attempt.1", False)
    (chosen,) = told(run, AnswerSelected)
    assert (chosen.node, chosen.rule) == ("attempt.1", "first accepted")


def test_what_was_reflected_upon_had_failed_its_own_tests(tmp_path: Path) -> None:
    (run,) = read(write(tmp_path, LINE))
    first, second = told(run, VerdictGiven)
    assert (first.node, first.outcome, first.rationale) == (
        "attempt.0",
        VerdictOutcome.REJECT,
        REFLECTED,
    )
    assert (second.node, second.outcome) == ("attempt.1", VerdictOutcome.ACCEPT)
    assert {first.independence, second.independence} == {Independence.SAME_MODEL}
    (fate,) = told(run, FateDecided)
    assert (fate.node, fate.verdict) == ("attempt.0", first.verdict)


def test_the_last_of_all_allowed_attempts_counts_as_failed_and_says_that_it_is_inferred(
    tmp_path: Path,
) -> None:
    (run,) = read(write(tmp_path, {**LINE, "reflections": ["a", "b"]}))
    last = told(run, VerdictGiven)[-1]
    assert (last.outcome, last.rationale) == (VerdictOutcome.REJECT, USED_UP)
    assert USED_UP in run.warnings[0]
    assert told(run, AnswerSelected)[0].rule == "last attempt"


def test_where_nobody_says_how_many_were_allowed_the_longest_is_left_open(tmp_path: Path) -> None:
    longest = {**LINE, "reflections": ["a", "b"]}
    short, long = read(write(tmp_path, LINE, longest, name="renamed.jsonl"))
    assert outcomes(short)[-1] == ("attempt.1", "accept")
    assert outcomes(long) == [("attempt.0", "reject"), ("attempt.1", "reject")]
    assert long.warnings == [UNDECIDED, NO_MODEL]


def test_upstreams_own_limit_is_known_when_a_task_reached_it(tmp_path: Path) -> None:
    longest = {**LINE, "reflections": list("abcdefghi")}
    _, long = read(write(tmp_path, LINE, longest, name="renamed.jsonl"))
    assert outcomes(long)[-1] == ("attempt.9", "reject")


def test_what_the_tests_printed_goes_before_what_we_infer(tmp_path: Path) -> None:
    later = {
        **LINE,
        "reflections": ["a", "b"],
        "implementations": ["one", "two", "three"],
        "test_feedback": [FAILED, FAILED, PASSED],
    }
    (run,) = read(write(tmp_path, later))
    assert outcomes(run)[-1] == ("attempt.2", "accept")
    assert told(run, VerdictGiven)[0].rationale == FAILED
    outputs = [each.output for each in told(run, NodeObserved) if each.node.startswith("attempt")]
    assert outputs == ["one", "two", "three"]
    assert run.warnings == []


def test_a_line_without_reflections_is_one_attempt(tmp_path: Path) -> None:
    plain = {key: value for key, value in LINE.items() if key != "reflections"}
    (run,) = read(write(tmp_path, plain))
    assert told(run, RunStarted)[0].strategy is Strategy.CHAIN_OF_THOUGHT
    assert [each.node_kind for each in told(run, NodeObserved)][1:] == [NodeKind.SAMPLE]
    assert told(run, VerdictGiven) == []


def test_a_failure_whose_program_was_not_kept_has_no_text_rather_than_an_empty_one(
    tmp_path: Path,
) -> None:
    (run,) = read(write(tmp_path, {**LINE, "solution": "", "is_solved": False}))
    (candidate,) = told(run, CandidateProposed)
    assert (candidate.answer, candidate.correct) == (None, False)
    assert told(run, RunEnded)[0].answer is None


def test_several_passes_in_one_line_are_not_guessed_at(tmp_path: Path) -> None:
    odd = {**LINE, "implementations": ["one", "two", "three"]}
    run, *rest = read(write(tmp_path, odd, LINE))
    assert rest == []
    assert run.warnings == [
        "line 1 is left out: it has 3 attempts for 1 reflections: several passes are not told apart"
    ]


@pytest.mark.parametrize("wrong", [{"is_solved": 1}, {"reflections": "a"}, {"solution": None}])
def test_a_file_of_misshapen_lines_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotImportable, match="line 1 is left out"):
        list(read(write(tmp_path, {**LINE, **wrong})))


def test_what_is_not_read_stays_on_the_root_and_every_event_can_be_sealed(tmp_path: Path) -> None:
    (run,) = read(write(tmp_path, LINE))
    root = told(run, NodeObserved)[0]
    assert json.loads(root.attributes or "")["test"] == "assert add(1, 2) == 3"
    events = list(run.tell(RUN))
    assert [decode(encode(event)) for event in events] == events
    assert len({event.key for event in events}) == len(events)
    assert list(run.tell(RUN)) == events


def test_it_knows_its_own_by_the_beginning(tmp_path: Path) -> None:
    path = write(tmp_path, LINE)
    assert sniff(path, path.read_bytes())
    assert not sniff(path, b'{"prompt": "", "samples": []}')
