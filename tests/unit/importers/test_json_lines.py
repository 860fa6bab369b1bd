"""Files of one object a line are read line by line, and a bad line costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.importers import json_lines
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.json_lines import Line, Misread, read_runs, text_of


def runs_of(line: Line) -> Iterator[ImportedRun]:
    text_of(line.value, "name")
    yield ImportedRun(
        known_by=line.name_of(str(line.index)),
        tell=lambda run: [],
        size=1,
        warnings=line.warnings,
    )


def write(folder: Path, content: bytes) -> Path:
    path = folder / "log.jsonl"
    path.write_bytes(content)
    return path


def test_it_works(tmp_path: Path) -> None:
    path = write(tmp_path, b'{"name": "a"}\n\n{"name": "b"}')
    first, second = read_runs(path, runs_of)
    assert first.known_by != second.known_by
    assert [each.known_by for each in read_runs(path, runs_of)] == [
        first.known_by,
        second.known_by,
    ]
    assert list(first.warnings) == []


def test_a_bad_line_is_named_on_all_runs_of_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, b'{"name": "a"}\n{"name": \n[1]\n{"name": 7}\n{"name": "b"}\n')
    runs = list(read_runs(path, runs_of))
    assert len(runs) == 2
    told = ["line 2 is left out: it is not JSON", "line 3 is left out", "line 4 is left out"]
    assert [each[: len(start)] for each, start in zip(runs[0].warnings, told, strict=True)] == told
    assert runs[0].warnings == runs[1].warnings


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 40)
    monkeypatch.setattr(json_lines, "CHUNK_BYTES", 16)
    path = write(tmp_path, b'{"name": "' + b"x" * 200 + b'"}\n{"name": "b"}\n')
    (run,) = read_runs(path, runs_of)
    assert run.warnings == ["line 1 has more than 40 bytes and is left out"]


def test_a_file_without_a_readable_line_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(NotImportable, match="line 1 is left out: its 'name' is not a text"):
        list(read_runs(write(tmp_path, b"{}\n"), runs_of))
    with pytest.raises(NotImportable, match="cannot be opened"):
        list(read_runs(tmp_path / "absent", runs_of))


def test_a_thousand_bad_lines_are_not_a_thousand_sentences(tmp_path: Path) -> None:
    path = write(tmp_path, b"{}\n" * 1_000 + b'{"name": "a"}\n')
    (run,) = read_runs(path, runs_of)
    assert len(run.warnings) == json_lines.MAX_TOLD_LINES + 1
    assert run.warnings[-1] == "and further lines"


def test_names_do_not_depend_on_other_lines_being_readable(tmp_path: Path) -> None:
    def only_b(line: Line) -> Iterator[ImportedRun]:
        if line.value["name"] == "a":
            raise Misread("it is not b")
        yield from runs_of(line)

    path = write(tmp_path, b'{"name": "a"}\n{"name": "b"}\n')
    (run,) = read_runs(path, only_b)
    assert run.known_by == list(read_runs(path, runs_of))[1].known_by
