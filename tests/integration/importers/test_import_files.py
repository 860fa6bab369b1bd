"""`manage.py import_traces`: what comes out of it, what it says, and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError

from ingest import import_files, import_passes
from ingest.import_files import OUR_FAULT, UNRECORDABLE
from ingest.importers.base import ImportedRun
from ingest.importers.choose import IMPORTERS
from tests.people import make_project
from tests.unit.importers import tiny
from traces.actions.record import record
from traces.models import LedgerEntry, Node, Run

TRACE = "5b8efff798038103d269b633813fc60c"


class Done:
    """What the command wrote and how it ended."""

    def __init__(self, *paths: Path, **options: Any) -> None:
        out, err = StringIO(), StringIO()
        self.code = 0
        try:
            call_command("import_traces", *map(str, paths), stdout=out, stderr=err, **options)
        except SystemExit as end:
            self.code = int(end.code or 0)
        self.runs = [json.loads(line) for line in out.getvalue().splitlines()]
        self.said = err.getvalue().splitlines()


@pytest.fixture(autouse=True)
def project(db: None) -> None:
    make_project()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tiny.write(tmp_path, tiny.cases())


def write_spans(path: Path, *numbers: int) -> Path:
    spans = [
        {
            "traceId": TRACE,
            "spanId": f"{number:016x}",
            "parentSpanId": f"{number - 1:016x}" if number > 1 else "",
            "name": f"span {number}",
            "startTimeUnixNano": str(number * 1000),
            "endTimeUnixNano": str(number * 1000 + 1),
            "attributes": [
                {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
                {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1000"}},
                {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "10"}},
            ],
        }
        for number in numbers
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}))
    return path


def test_it_works(log: Path) -> None:
    done = Done(log)
    assert (done.code, done.said) == (0, [])
    assert [set(each) for each in done.runs] == [{"run_id", "format", "nodes", "warnings"}] * 2
    assert [each["nodes"] for each in done.runs] == [8, 8]
    assert {each["format"] for each in done.runs} == {"tree_of_thoughts"}
    run = Run.objects.get(pk=done.runs[0]["run_id"])
    assert (run.source, run.strategy, run.observed_state) == ("import", "tot_bfs", "completed")
    assert (run.selected, run.kept, run.discarded, run.candidates) == (2, 2, 3, 2)
    assert (run.started_ns, run.ended_ns, run.orphans) == (None, None, 0)


def test_the_same_file_again_records_nothing_twice(log: Path, tmp_path: Path) -> None:
    first = Done(log)
    entries = LedgerEntry.objects.count()
    copy = log.with_name("copy of it.json")
    copy.write_bytes(log.read_bytes())
    again, moved = Done(log), Done(log, copy)
    assert again.runs == first.runs
    assert [each["run_id"] for each in moved.runs] == [each["run_id"] for each in first.runs]
    assert LedgerEntry.objects.count() == entries
    assert Run.objects.count() == 2


def test_two_projects_have_their_own_runs(log: Path) -> None:
    make_project("other")
    ours, theirs = Done(log), Done(log, project="other")
    assert not {each["run_id"] for each in ours.runs} & {each["run_id"] for each in theirs.runs}
    assert Run.objects.get(pk=theirs.runs[0]["run_id"]).project.slug == "other"


def test_a_trace_split_over_files_is_one_run(tmp_path: Path) -> None:
    write_spans(tmp_path / "bodies" / "001.body", 2, 3)
    write_spans(tmp_path / "bodies" / "002.body", 1)
    done = Done(tmp_path / "bodies")
    assert [(each["format"], each["nodes"]) for each in done.runs] == [("otlp", 3)]
    run = Run.objects.get(pk=done.runs[0]["run_id"])
    # Each span is under the one before: they tell of one call.
    assert (run.trace_id, run.orphans, run.input_tokens) == (TRACE, 0, 1000)
    assert run.cost is not None


def test_a_file_adds_to_the_run_of_a_trace_that_came_before(tmp_path: Path) -> None:
    first = Done(write_spans(tmp_path / "a.json", 1))
    second = Done(write_spans(tmp_path / "b.json", 1, 2))
    assert first.runs[0]["run_id"] == second.runs[0]["run_id"]
    assert second.runs[0]["nodes"] == 2


def test_a_folder_is_looked_through_and_strangers_are_passed_over(log: Path) -> None:
    (log.parent / "LICENSE").write_text("MIT")
    (log.parent / "deep").mkdir()
    (log.parent / "deep" / "empty.json").write_text("")
    write_spans(log.parent / "deep" / "spans.json", 1)
    done = Done(log.parent)
    assert done.code == 0
    assert sorted(each["format"] for each in done.runs) == ["otlp"] + ["tree_of_thoughts"] * 2
    assert len(done.said) == 2
    assert all(line.startswith("warning: skipped ") for line in done.said)


def test_a_broken_file_in_a_folder_is_an_error_and_the_others_go_on(log: Path) -> None:
    log.with_name("a broken one.json").write_text(log.read_text()[:-1])
    done = Done(log.parent)
    assert (done.code, len(done.runs), len(done.said)) == (1, 2, 1)
    assert "a broken one.json: is not JSON" in done.said[0]


def broken_json(path: Path) -> None:
    path.write_text('[{"ys": [], "idx": 1')


def empty(path: Path) -> None:
    path.write_text("")


def unknown(path: Path) -> None:
    path.write_text("Rank,Puzzles\n1,1 1 4 6\n")


def absent(path: Path) -> None:
    path.unlink(missing_ok=True)


def huge_number(path: Path) -> None:
    path.write_text('[{"ys": [], "idx": ' + "9" * 9_999 + "}]")


@pytest.mark.parametrize("spoil", [broken_json, empty, unknown, absent, huge_number])
def test_a_named_file_that_cannot_be_read_is_one_sentence_and_exit_1(
    tmp_path: Path, log: Path, spoil: Callable[[Path], None]
) -> None:
    path = tmp_path / "bad.json"
    spoil(path)
    done = Done(path, log)
    assert (done.code, len(done.runs)) == (1, 2)
    (sentence,) = done.said
    assert sentence.startswith(f"error: {path}: ")


def test_a_wrong_format_is_an_error_for_a_file_and_a_filter_for_a_folder(log: Path) -> None:
    assert Done(log, format="otlp").code == 1
    write_spans(log.parent / "spans.json", 1)
    done = Done(log.parent, format="otlp")
    assert (done.code, [each["format"] for each in done.runs]) == (0, ["otlp"])


def test_an_unknown_project_or_format_is_refused(log: Path) -> None:
    with pytest.raises(CommandError, match="no project 'nowhere'"):
        Done(log, project="nowhere")
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("import_traces", str(log), "--format=word")


def test_usage_that_cannot_be_kept_is_a_warning_of_its_run(tmp_path: Path) -> None:
    cases = tiny.cases()
    cases[0]["usage_so_far"]["prompt_tokens"] = 10**40
    done = Done(tiny.write(tmp_path, cases))
    assert done.code == 0
    assert "usage cannot be read" in done.runs[0]["warnings"][0]
    assert Run.objects.get(pk=done.runs[0]["run_id"]).cost is None


def test_texts_that_postgres_cannot_hold_do_not_stop_the_import(tmp_path: Path) -> None:
    samples = {
        **tiny.SAMPLES,
        "idx": "a\x00b\ud800",
        "ys": ["\x00", "\ud800", "x" * 9_000, "ok\x00"],
    }
    done = Done(tiny.write(tmp_path, [samples]))
    assert (done.code, done.runs[0]["nodes"]) == (0, 5)


def test_a_case_larger_than_one_pass_is_recorded_whole(tmp_path: Path) -> None:
    case = tiny.cases()[0]
    step = case["steps"][0]
    step["new_ys"] += [f"{number}\n" for number in range(3_000)]
    step["values"] += [0.003] * 3_000
    done = Done(tiny.write(tmp_path, [case]))
    run = Run.objects.get(pk=done.runs[0]["run_id"])
    assert (run.nodes, run.discarded, run.observed_state) == (3_008, 3_003, "completed")
    assert Node.objects.filter(run_id=run.pk, parent_ordinal=None).count() == 1


def test_a_folder_of_strangers_is_counted_and_not_told_file_by_file(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}.jpg").write_bytes(b"\xff\xd8 picture")
    done = Done(tmp_path)
    assert (done.code, len(done.said)) == (0, 22)
    assert done.said[-2:] == [
        *("warning: skipped 5 more files", "warning: nothing was imported"),
    ]


def test_a_file_that_an_importer_stumbles_over_costs_only_itself(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = write_spans(log.with_name("a.json"), 1)

    def read(path: Path) -> Any:
        raise KeyError("taken for granted")
        yield

    def tell(run: str) -> Any:
        raise TypeError(run)
        yield

    monkeypatch.setitem(IMPORTERS, "otlp", replace(IMPORTERS["otlp"], read=read))
    done = Done(log.parent)
    assert (done.code, len(done.runs)) == (1, 2)
    assert done.said == [f"error: {bad}: {OUR_FAULT.format('KeyError')}"]
    piece = ImportedRun(known_by="import:x", tell=tell, size=1)
    told = replace(IMPORTERS["otlp"], read=lambda path: iter([piece]))
    monkeypatch.setitem(IMPORTERS, "otlp", told)
    done = Done(log.parent)
    assert (done.code, [each["format"] for each in done.runs]) == (
        *(1, ["otlp", *["tree_of_thoughts"] * 2]),
    )
    assert done.said == [f"error: {bad}: {OUR_FAULT.format('TypeError')}"]


def test_what_no_table_takes_is_told_and_the_rest_is_recorded(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = write_spans(log.with_name("a.json"), 1)

    def refuse(*, reports: Any, **options: Any) -> Any:
        if any(report.importer == "otlp" for report in reports):
            raise DataError("out of range")
        return record(reports=reports, **options)

    monkeypatch.setattr(import_files, "record", refuse)
    done = Done(log.parent)
    assert done.code == 1
    assert done.said == [f"error: {bad}: {UNRECORDABLE.format('DataError')}"]
    assert [each["nodes"] for each in done.runs if each["format"] != "otlp"] == [8, 8]


def test_an_interrupted_import_says_so_and_the_next_one_goes_on(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> Any:
        yield from tiny_read(path)
        raise KeyboardInterrupt

    tiny_read = IMPORTERS["tree_of_thoughts"].read
    with monkeypatch.context() as patch:
        patch.setattr(import_passes, "RUNS_PER_PASS", 1)
        patch.setitem(
            IMPORTERS, "tree_of_thoughts", replace(IMPORTERS["tree_of_thoughts"], read=read)
        )
        stopped = Done(log)
    assert (stopped.code, stopped.runs, len(stopped.said)) == (130, [], 1)
    assert Run.objects.count() == 2
    entries = LedgerEntry.objects.count()
    assert len(Done(log).runs) == 2
    assert LedgerEntry.objects.count() == entries
