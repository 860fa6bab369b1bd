"""Inspect logs become a run for each sample of each epoch, whatever shape they were written in."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import AnswerSelected, CandidateProposed, RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, NodeStatus, ObservedState, Strategy, Usage
from ingest.importers import inspect_archive
from ingest.importers.base import HEAD_BYTES, ImportedRun, NotImportable, Unrecognised
from ingest.importers.choose import IMPORTERS, choose
from ingest.importers.cut_json import CUT
from ingest.importers.inspect_eval import read, sniff
from ingest.importers.inspect_log import KILLED
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest, told
from tests.unit.importers.inspect_logs import (
    ZSTD,
    at,
    begin,
    end,
    event,
    header,
    model,
    said,
    sample,
    score,
    write_eval,
    write_json,
    write_zip,
)


def imported(folder: Path, *events: dict[str, Any], **changed: Any) -> ImportedRun:
    (run,) = read(write_eval(folder / "log.eval", sample(*events, **changed)))
    return run


def test_it_works(tmp_path: Path) -> None:
    run = imported(tmp_path)
    start, ended, found = only(run, RunStarted), only(run, RunEnded), nodes(run)
    assert (start.name, start.task, start.effort) == ("sums a", "6*7?", "low")
    assert (start.tags, start.budgets) == (["inspect", "sums", "demo"], {"tokens": "3000"})
    assert (start.strategy, start.models) == (Strategy.CHAIN_OF_THOUGHT, ["openai/gpt-4o"])
    assert (ended.state, ended.answer, ended.stop_reason) == (ObservedState.COMPLETED, "42", None)
    assert {node: (each.node_kind, each.parent) for node, each in found.items()} == {
        "sample": (NodeKind.SAMPLE, None),
        "span:solve": (NodeKind.STEP, "sample"),
        "e.1": (NodeKind.MODEL_CALL, "span:solve"),
        "span:judge": (NodeKind.VERIFICATION, "sample"),
    }
    assert rest(found["sample"])["eval"]["metadata"] == {"suite": "small"}
    assert only(run, AnswerSelected).node == only(run, CandidateProposed).node == "sample"
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


def test_other_zips_and_other_json_are_not_taken(tmp_path: Path) -> None:
    other = write_zip(tmp_path / "a.zip", [("word/document.xml", b"<a/>")], method=0)
    assert not sniff(other, other.read_bytes()[:HEAD_BYTES])
    assert not sniff(other, b'{"eval": 1, "status": 2, "inner": {"task": 1}}')
    assert not sniff(other, b"PK\x03\x04")


def test_a_call_has_its_model_times_and_tokens(tmp_path: Path) -> None:
    call = nodes(imported(tmp_path))["e.1"]
    assert (call.model, call.provider) == ("gpt-4o-2024-08-06", "openai")
    assert (call.usage, call.finish_reason) == (Usage(input=20, output=10), "stop")
    assert (call.response_id, call.started_at) == ("resp-1", 1_777_888_801_000_000_000)
    assert call.ended_at == 1_777_888_801_500_000_000
    assert json.loads(call.input or "")[0]["parts"] == [{"type": "text", "content": "6*7?"}]


def test_a_time_in_another_zone_is_the_same_time(tmp_path: Path) -> None:
    here = nodes(imported(tmp_path, model(timestamp="2026-05-04T06:00:01-04:00", span=None)))
    assert here["e.0"].started_at == 1_777_888_801_000_000_000


def test_epochs_are_runs_of_one_session(tmp_path: Path) -> None:
    samples = [sample(uuid=f"U{n}", epoch=n) for n in (1, 2)]
    runs = list(read(write_eval(tmp_path / "log.eval", *samples, config={"epochs": 2})))
    starts = [only(run, RunStarted) for run in runs]
    assert [start.name for start in starts] == ["sums a epoch 1", "sums a epoch 2"]
    assert starts[0].session_id == starts[1].session_id == "RUN TASK a"
    assert runs[0].known_by != runs[1].known_by


def test_samples_without_an_id_of_their_own_are_known_by_their_place(tmp_path: Path) -> None:
    old = {**sample()}
    del old["uuid"]
    (first,) = read(write_eval(tmp_path / "log.eval", old))
    (again,) = read(write_json(tmp_path / "log.json", old))
    (other,) = read(write_json(tmp_path / "other.json", old, run_id="OTHER"))
    assert first.known_by == again.known_by != other.known_by


def test_an_id_may_hold_a_slash(tmp_path: Path) -> None:
    (run,) = read(write_eval(tmp_path / "log.eval", sample(id="web/1")))
    assert only(run, RunStarted).name == "sums web/1"


def test_of_a_sample_that_was_written_twice_the_last_holds(tmp_path: Path) -> None:
    members = [("samples/a_epoch_1.json", sample(target=target)) for target in ("1", "2")]
    path = write_zip(tmp_path / "log.eval", [*members, ("header.json", header())])
    (run,) = read(path)
    assert rest(nodes(run)["sample"])["target"] == "2"


def test_references_are_resolved(tmp_path: Path) -> None:
    pool = [
        {"role": "system", "content": "attachment://h1"},
        {"role": "user", "content": "not this"},
        {"role": "user", "content": [{"type": "image", "image": "attachment://h2"}]},
    ]
    run = imported(
        tmp_path,
        model(input=[], input_refs=[[0, 1], [2, 9], ["x", 1]], span=None),
        events_data={"messages": pool, "calls": []},
        attachments={"h1": "Be exact.", "h2": "data:image/png;base64,AAAA"},
    )
    heard = json.loads(nodes(run)["e.0"].input or "")
    assert [message["parts"] for message in heard] == [
        [{"type": "text", "content": "Be exact."}],
        [{"type": "image", "url": "data:image/png;base64,AAAA"}],
    ]


def test_a_sample_in_chunks_is_put_together(tmp_path: Path) -> None:
    whole = sample(model(input=[], input_refs=[[1, 2]], span=None))
    shell = {
        name: whole[name] for name in whole if name not in ("events", "attachments", "messages")
    }
    folder = "samples/a_epoch_1"
    chunks = {
        f"{folder}/sample.json": {**shell, "message_refs": [[0, 2]]},
        f"{folder}/metadata.json": {"difficulty": 3},
        f"{folder}/messages/0.json": [{"role": "system", "content": "attachment://1"}],
        f"{folder}/messages/1.json": [{"role": "user", "content": "attachment://0"}],
        f"{folder}/events/0.json": whole["events"],
        f"{folder}/events/stats.json": {},
        f"{folder}/attachments/0.json": ["6*7?", "Be exact."],
    }
    (run,) = read(write_eval(tmp_path / "log.eval", more=chunks))
    found = nodes(run)
    assert json.loads(found["e.0"].input or "")[0]["parts"][0]["content"] == "6*7?"
    assert rest(found["sample"])["metadata"] == {"difficulty": 3}
    assert run.warnings == []


def test_a_log_of_2024_is_read(tmp_path: Path) -> None:
    step = {"type": "scorer", "name": "match"}
    events = [
        event("step", 0, None, action="begin", type="solver", name="generate"),
        model(span=None, completed=None, output={"choices": [said("42")], "time": 0.25}),
        event("step", 2, None, action="end", type="solver", name="generate"),
        event("step", 3, None, action="begin", **step),
        event("score", 4, None, score={"value": "C"}),
        event("step", 5, None, action="end", **step),
    ]
    old = sample(score={"value": "C"}, transcript={"events": events, "content": {}})
    for name in ("scores", "events", "attachments", "uuid", "completed_at"):
        del old[name]
    (run,) = read(write_json(tmp_path / "log.json", old, scorers=[{"name": "match"}]))
    found = nodes(run)
    assert {node: each.parent for node, each in found.items()} == {
        "sample": None,
        "e.0": "sample",
        "e.1": "e.0",
        "e.3": "sample",
    }
    assert (found["e.0"].name, found["e.0"].status) == ("generate", NodeStatus.OK)
    assert (found["e.1"].ended_at or 0) - (found["e.1"].started_at or 0) == 250_000_000
    assert found["e.3"].node_kind is NodeKind.VERIFICATION
    assert_repeatable(run)


def test_a_log_without_events_keeps_its_conversation_and_totals(tmp_path: Path) -> None:
    told_all = [{"role": "user", "content": "6*7?"}, {"role": "assistant", "content": "42"}]
    usage = {"m": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}}
    plain = {**sample(messages=told_all, model_usage=usage), "events": []}
    (run,) = read(write_json(tmp_path / "log.json", plain))
    root = nodes(run)["sample"]
    assert root.usage == Usage(input=5, output=2)
    assert [message["role"] for message in json.loads(root.input or "")] == ["user", "assistant"]


def test_a_killed_log_keeps_its_samples(tmp_path: Path) -> None:
    unsure = sample(id="b", uuid="U-b", scores={}, completed_at=None)
    path = write_eval(
        tmp_path / "log.eval",
        sample(),
        unsure,
        is_killed=True,
        dataset={"sample_ids": ["a", "b", "c", 4]},
        more={"_journal/summaries/1.json": [{"id": "a", "epoch": 1}, {"id": "x", "epoch": 1}]},
    )
    whole, open_run = read(path)
    assert only(whole, RunEnded).state is ObservedState.COMPLETED
    assert told(open_run, RunEnded) == []
    lost = "3 of 5 samples began or were to begin and are not in the log: x (epoch 1)"
    assert list(whole.warnings) == [KILLED, f"{lost}, c (epoch 1), 4 (epoch 1)"]


def test_a_sample_that_a_cancelled_evaluation_left_half_done_is_cancelled(tmp_path: Path) -> None:
    half = sample(scores={}, completed_at=None)
    (run,) = read(write_eval(tmp_path / "log.eval", half, status="cancelled"))
    ended = only(run, RunEnded)
    assert (ended.state, ended.stop_reason) == (
        ObservedState.CANCELLED,
        "evaluation ended: cancelled",
    )


def test_a_json_log_that_was_cut_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    path = write_json(tmp_path / "log.json", sample(), sample(id="b", uuid="U-b"))
    path.write_bytes(path.read_bytes()[:-900])
    first, *_ = read(path)
    assert only(first, RunEnded).answer == "42"
    assert CUT in first.warnings


def test_a_damaged_member_costs_only_its_sample(tmp_path: Path) -> None:
    path = write_eval(tmp_path / "log.eval", sample(), sample(id="b", uuid="U-b"))
    data = path.read_bytes()
    place = data.index(b"samples/a_epoch_1.json") + 200
    path.write_bytes(data[:place] + bytes(40) + data[place + 40 :])
    (run,) = read(path)
    assert only(run, RunStarted).name == "sums b"
    assert "samples/a_epoch_1.json is damaged" in run.warnings[0]


def test_a_zip_without_its_end_says_so(tmp_path: Path) -> None:
    path = write_eval(tmp_path / "log.eval", sample())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(NotImportable, match="table of contents"):
        list(read(path))


def test_what_unpacks_to_more_than_the_limit_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect_archive, "MAX_MEMBER_BYTES", 10_000)
    path = write_eval(tmp_path / "log.eval", sample(), sample(id="b", setup="x" * 20_000))
    (run,) = read(path)
    assert "unpacks to more than 10000 bytes" in run.warnings[0]


def test_a_log_without_samples_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unrecognised, match=r"holds no sample; .*was not finished.*a \(epoch 1\)"):
        list(read(write_eval(tmp_path / "log.eval", is_killed=True)))
    damaged = write_eval(tmp_path / "log.eval", more={"samples/a_epoch_1.json": b"{"})
    with pytest.raises(NotImportable, match="is not JSON") as refused:
        list(read(damaged))
    assert not isinstance(refused.value, Unrecognised)


def test_what_is_not_a_number_is_read(tmp_path: Path) -> None:
    path = write_json(tmp_path / "log.json", sample(score(float("nan"), intermediate=True)))
    assert b"NaN" in path.read_bytes()
    (run,) = read(path)
    assert_repeatable(run)


def test_a_span_without_an_end_is_running(tmp_path: Path) -> None:
    found = nodes(imported(tmp_path, begin("solve", 1), begin("done", 2, "solve"), end("done", 3)))
    assert found["span:solve"].status is NodeStatus.RUNNING
    assert (found["span:done"].status, found["span:done"].parent) == (NodeStatus.OK, "span:solve")
    assert at(3) == "2026-05-04T10:00:03.000+00:00"
