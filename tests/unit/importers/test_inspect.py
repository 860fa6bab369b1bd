"""Inspect logs become a run for each sample of each epoch."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    Usage,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.choose import IMPORTERS, choose
from ingest.importers.inspect_eval import read
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest
from tests.unit.importers.inspect_logs import ZSTD, sample, write_eval, write_json


def imported(folder: Path, *events: dict[str, Any], **changed: Any) -> ImportedRun:
    (run,) = read(write_eval(folder / "log.eval", sample(*events, **changed)))
    return run


def test_it_works(tmp_path: Path) -> None:
    run = imported(tmp_path)
    start, end, found = only(run, RunStarted), only(run, RunEnded), nodes(run)
    assert (start.name, start.task, start.effort) == ("sums a", "6*7?", "low")
    assert (start.tags, start.budgets) == (["inspect", "sums", "demo"], {"tokens": "3000"})
    assert (end.state, end.answer, end.stop_reason) == (ObservedState.COMPLETED, "42", "stop")
    assert start.strategy is Strategy.CHAIN_OF_THOUGHT
    assert {node: (event.node_kind, event.parent) for node, event in found.items()} == {
        "sample": (NodeKind.SAMPLE, None),
        "span:solve": (NodeKind.STEP, "sample"),
        "e.1": (NodeKind.MODEL_CALL, "span:solve"),
        "span:judge": (NodeKind.VERIFICATION, "sample"),
    }
    assert rest(found["sample"])["eval"]["metadata"] == {"suite": "small"}
    assert run.warnings == []
    assert_repeatable(run)


@pytest.mark.parametrize("method", [ZSTD, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_members_are_read_however_they_are_packed(tmp_path: Path, method: int) -> None:
    path = write_eval(tmp_path / "log.eval", sample(), method=method)
    assert choose(path, IMPORTERS.values()).name == "inspect"
    (run,) = read(path)
    assert only(run, RunEnded).answer == "42"


def test_the_json_of_a_log_is_the_same_runs(tmp_path: Path) -> None:
    path = write_json(tmp_path / "log.json", sample())
    assert choose(path, IMPORTERS.values()).name == "inspect"
    (run,) = read(path)
    (packed,) = read(write_eval(tmp_path / "log.eval", sample()))
    assert run.known_by == packed.known_by
    assert nodes(run) == nodes(packed)


def test_a_call_has_its_model_times_and_tokens(tmp_path: Path) -> None:
    call = nodes(imported(tmp_path))["e.1"]
    assert (call.model, call.provider, call.response_id) == (
        "gpt-4o-2024-08-06",
        "openai",
        "resp-1",
    )
    assert (call.usage, call.finish_reason) == (Usage(input=20, output=10), "stop")
    assert call.started_at
    assert call.ended_at == call.started_at + 500_000_000
    assert json.loads(call.input or "")[0]["parts"] == [{"type": "text", "content": "6*7?"}]


def test_a_scorer_gives_a_verdict(tmp_path: Path) -> None:
    run = imported(tmp_path)
    verdict = only(run, VerdictGiven)
    assert (verdict.node, verdict.verifier, verdict.by_node) == ("sample", "includes", "span:judge")
    assert (verdict.outcome, verdict.score) == (VerdictOutcome.ACCEPT, 1.0)
    assert (verdict.verifier_kind, verdict.independence, verdict.saw_reference) == (
        VerifierKind.CALCULATOR,
        Independence.DETERMINISTIC,
        True,
    )
    assert verdict.rationale == "found"
    assert only(run, CandidateProposed).correct is True
    assert only(run, AnswerSelected).node == "sample"


def test_a_damaged_zip_says_so(tmp_path: Path) -> None:
    path = write_eval(tmp_path / "log.eval", sample())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(NotImportable, match="table of contents"):
        list(read(path))


def test_a_span_without_an_end_is_running(tmp_path: Path) -> None:
    run = imported(tmp_path, *[each for each in sample()["events"] if each["event"] != "span_end"])
    assert nodes(run)["span:solve"].status is NodeStatus.RUNNING
