"""A Claude Code session through the tables: its files are one run, and its responses are counted once."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.people import make_project
from tests.unit.importers.test_claude_code import SESSION, Log, gave, text, use
from traces.models import LedgerEntry, Node, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_project()
    main, sub = session(), Log()
    sub.user("Look.", isSidechain=True, agentId="a1b2")
    sub.said("msg_s", text("Seen."), isSidechain=True, agentId="a1b2")
    main.write(tmp_path / f"{SESSION}.jsonl")
    sub.write(tmp_path / SESSION / "subagents" / "agent-a1b2.jsonl")
    return tmp_path


def session() -> Log:
    main = Log()
    main.user("Go.")
    main.said("msg_1", text("A moment."), tokens=1)
    main.said("msg_1", use("t1", "Agent", prompt="Look."))
    main.user(gave("t1"), toolUseResult={"agentId": "a1b2"})
    main.said("msg_2", text("Done."))
    return main


def read(path: Path) -> Run:
    call_command("import_traces", str(path), stdout=StringIO(), stderr=StringIO())
    return Run.objects.get()


def test_the_files_of_a_session_are_one_run_and_a_response_is_counted_once(folder: Path) -> None:
    run = read(folder)
    assert (run.input_tokens, run.cache_read_tokens, run.output_tokens) == (3_309, 3_000, 150)
    assert (run.observed_state, run.name, run.orphans) == ("completed", "Go.", 0)
    assert (run.cost_provenance, run.strategy) == ("priced", "agent")
    parents = dict(Node.objects.values_list("node_id", "parent_id"))
    assert parents == {
        "agent": None,
        "m:msg_1": "agent",
        "tool:t1": "agent",
        "sub:a1b2": "tool:t1",
        "m:msg_s": "sub:a1b2",
        "m:msg_2": "agent",
    }
    assert not Node.objects.filter(contradicted=True).exists()


def test_again_it_records_nothing_and_grown_it_records_what_is_new(folder: Path) -> None:
    read(folder)
    entries = LedgerEntry.objects.count()
    read(folder)
    assert LedgerEntry.objects.count() == entries
    longer = session()
    longer.user("And now?")
    longer.said("msg_3", text("Now this."))
    longer.write(folder / f"{SESSION}.jsonl")
    run = read(folder)
    assert run.output_tokens == 200
    assert Node.objects.filter(kind="model_call").count() == 4
    assert not Node.objects.filter(contradicted=True).exists()
