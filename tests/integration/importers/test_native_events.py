"""Native events on disk and over the door are the same events: whichever comes first, each is recorded once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from deliberation.events import Event, RunEnded, RunStarted
from deliberation.events.codec import encode
from deliberation.vocabulary import NodeKind, ObservedState, Usage
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from traces.models import LedgerEntry, Run

OLD = "01890a5d-ac96-774b-bcce-b302099a8057"
"""Of 2023: its month has no partition of its own."""


@pytest.fixture(autouse=True)
def project(db: None) -> None:
    make_project()


def events_of(run: str) -> list[Event]:
    return [
        make_event(RunStarted, run, task="6*7?"),
        observed(
            run,
            "call",
            node_kind=NodeKind.MODEL_CALL,
            model="gpt-4o",
            provider="openai",
            usage=Usage(input=1000, output=10),
        ),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer="42"),
    ]


def write(path: Path, events: Sequence[Event], *more: str) -> Path:
    lines = [json.dumps(encode(event)) for event in events]
    path.write_text("".join(line + "\n" for line in [*lines, *more]))
    return path


def run_import(*paths: Path, **options: Any) -> tuple[int, list[Any], list[str]]:
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("import_traces", *map(str, paths), stdout=out, stderr=err, **options)
    except SystemExit as end:
        code = int(end.code or 0)
    return (
        code,
        [json.loads(line) for line in out.getvalue().splitlines()],
        err.getvalue().splitlines(),
    )


@pytest.mark.parametrize("run", [new_run(), OLD])
def test_it_works(tmp_path: Path, run: str) -> None:
    code, [told], said = run_import(write(tmp_path / "e.ndjson", events_of(run)))
    assert (code, said) == (0, [])
    assert told == {"run_id": run, "format": "native_events", "nodes": 1, "warnings": []}
    row = Run.objects.get(pk=run)
    assert (row.source, row.trace_id, row.answer, row.observed_state) == (
        *("import", None, "42", "completed"),
    )
    assert row.cost is not None


def test_what_was_sent_already_is_recorded_once(tmp_path: Path) -> None:
    run = new_run()
    events = events_of(run)
    put_on_record(make_project(), *events[:2])
    path = write(tmp_path / "e.ndjson", events)
    run_import(path)
    run_import(path)
    assert LedgerEntry.objects.filter(run_id=run).count() == 1 + len(events)
    assert Run.objects.get(pk=run).observed_state == "completed"


def test_a_wrong_line_is_a_warning_of_the_runs(tmp_path: Path) -> None:
    run = new_run()
    path = write(tmp_path / "e.ndjson", events_of(run), '{"kind": "node.melted"}', "{")
    code, [told], _ = run_import(path)
    assert code == 0
    assert [each.partition(" is left out")[0] for each in told["warnings"]] == ["line 4", "line 5"]


def test_a_run_of_another_project_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    theirs, ours = new_run(), new_run()
    put_on_record(make_project("other"), *events_of(theirs)[:1])
    before = Run.objects.get(pk=theirs)
    path = write(tmp_path / "e.ndjson", [*events_of(theirs), *events_of(ours)])
    code, told, said = run_import(path)
    assert (code, [each["run_id"] for each in told]) == (1, [ours])
    assert said == [
        f"error: {path}: names a run of another project ({theirs}): nothing of such runs was recorded"
    ]
    after = Run.objects.get(pk=theirs)
    assert (after.size, after.observed_state) == (before.size, before.observed_state)
