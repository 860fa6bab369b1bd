"""Native events on disk: what the door takes, and what the SDK's spool still holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deliberation.client.line import Line
from deliberation.client.segment import create
from ingest.importers import native_events
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.choose import IMPORTERS, choose
from ingest.importers.native_events import NATIVE_EVENTS, read
from tests.unit.importers.heard import write

ALICE, BOB = "01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"


def event(run: str, key: str, kind: str = "node.started", **fields: Any) -> str:
    fields = fields or ({"node": key} if kind.startswith("node.") else {})
    return json.dumps({"v": 1, "kind": kind, "run": run, "key": key, **fields})


def lines(*texts: str) -> str:
    return "".join(text + "\n" for text in texts)


def keys(pieces: list[ImportedRun]) -> list[tuple[str | None, list[str]]]:
    return [(each.own_id, [e.key for e in each.tell(each.own_id or "")]) for each in pieces]


def test_it_works(tmp_path: Path) -> None:
    told = lines(event(ALICE, "start", "run.started", task="6*7?"), event(ALICE, "n1"))
    path = write(tmp_path / "events.ndjson", told)
    assert choose(path, IMPORTERS.values()) is NATIVE_EVENTS
    assert keys(list(read(path))) == [(ALICE, ["start", "n1"])]


def test_runs_that_take_turns_keep_their_order(tmp_path: Path) -> None:
    told = [event(run, f"n{n}") for n in range(3) for run in (ALICE, BOB)]
    pieces = list(read(write(tmp_path / "e.ndjson", lines(*told))))
    assert keys(pieces) == [(ALICE, ["n0", "n1", "n2"]), (BOB, ["n0", "n1", "n2"])]
    assert not any(each.warnings for each in pieces)


def test_a_wrong_line_costs_only_itself_and_is_named_by_number(tmp_path: Path) -> None:
    wrong = [
        *("{", "[1]", event(ALICE, "x", "node.melted"), event("me", "x")),
        *(event(ALICE, "x", "run.opened", source="sdk", project="1"), event(ALICE, "ctl:1")),
    ]
    path = write(tmp_path / "e.ndjson", lines(event(ALICE, "a"), "", *wrong, event(ALICE, "b")))
    (piece,) = read(path)
    assert [e.key for e in piece.tell(ALICE)] == ["a", "b"]
    assert [each.partition(" is left out: ")[0] for each in piece.warnings] == [
        f"line {number}" for number in range(3, 9)
    ]
    assert "run.opened is the server's own" in piece.warnings[4]


def test_what_the_sdk_had_not_sent_can_be_read_from_its_spool(tmp_path: Path) -> None:
    segment = create(tmp_path / "spool" / "1.ndjson")
    segment.append([Line(ALICE, event(ALICE, key).encode()) for key in ("a", "b")])
    segment.close()
    torn = segment.path.read_bytes() + event(ALICE, "c").encode()[:30]
    segment.path.write_bytes(torn)
    (piece,) = read(segment.path)
    assert [e.key for e in piece.tell(ALICE)] == ["a", "b"]
    assert piece.warnings[0].startswith("line 3 is left out: not JSON")


def test_a_long_file_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_events, "MAX_EVENTS", 2)
    path = write(tmp_path / "e.ndjson", lines(*(event(ALICE, f"n{n}") for n in range(5))))
    assert [len(found) for _, found in keys(list(read(path)))] == [2, 2, 1]
    monkeypatch.setattr(native_events, "MAX_BYTES", 1)
    assert len(list(read(path))) == 5


@pytest.mark.parametrize("content", ["", "\n\n", '{"kind": "node.started"}\n', "[]\n"])
def test_a_file_without_any_event_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    with pytest.raises(NotImportable, match=r"line 1|holds no event"):
        list(read(write(tmp_path / "e.ndjson", content)))


@pytest.mark.parametrize(
    "content",
    ['{"kind": "node.started", "run": "r"}', '{"a": {"kind": 1, "run": 2, "key": 3}}', "["],
)
def test_other_json_is_not_taken_for_events(tmp_path: Path, content: str) -> None:
    assert not NATIVE_EVENTS.sniff(tmp_path, content.encode())
