"""The example in the importers' README is a whole importer, and works."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, Usage
from ingest.importers.base import Importer, NotImportable
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest

README = Path(__file__).resolve().parents[3] / "ingest" / "importers" / "README.md"
MOST_LINES = 100


def block(language: str) -> str:
    (found,) = re.findall(
        rf"^```{language}\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE
    )
    return str(found)


@pytest.fixture
def example() -> Importer:
    names: dict[str, Any] = {}
    exec(compile(block("python"), str(README), "exec", dont_inherit=True), names)
    found = names["EXAMPLE"]
    assert isinstance(found, Importer)
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(json.loads(block("json"))) + "\n")
    return path


def test_it_works(example: Importer, log: Path) -> None:
    assert example.sniff(log, log.read_bytes())
    (run,) = example.read(log)
    assert only(run, RunStarted).task == "Capital of France?"
    assert only(run, RunEnded).answer == "Paris"
    found = nodes(run)
    call, tool = NodeKind.MODEL_CALL, NodeKind.TOOL_CALL
    assert [event.node_kind for event in found.values()] == [NodeKind.AGENT, call, tool, call]
    assert found["turn.2"].usage == Usage(input=60, output=3)
    assert found["turn.1.tool"].output == "Paris"
    assert_repeatable(run)


def test_it_keeps_what_it_does_not_know_and_names_what_it_cannot_read(
    example: Importer, log: Path
) -> None:
    with log.open("a") as file:
        file.write('{"question": "?", "turns": [{"say": "!", "mood": "good"}]}\n{"question": 5}\n')
    _, run = example.read(log)
    call = nodes(run)["turn.1"]
    assert (rest(call), call.usage) == ({"mood": "good"}, None)
    assert run.warnings == ["line 3 is left out: its 'question' is not a text"]


def test_a_file_without_a_run_is_refused(example: Importer, log: Path) -> None:
    log.write_text("{nonsense\n")
    with pytest.raises(NotImportable):
        list(example.read(log))


def test_it_is_no_longer_than_its_title_says() -> None:
    assert len(block("python").splitlines()) <= MOST_LINES
