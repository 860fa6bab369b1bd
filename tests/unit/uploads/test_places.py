"""Names in the words of others lead nowhere but below the folder of their import."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importers.base import NotImportable
from ingest.uploads import unpack as unpacking
from ingest.uploads.places import (
    ABANDONED_SECONDS,
    MAX_DEPTH,
    MAX_PART_BYTES,
    abandoned,
    folder_of,
    free_place,
    safe_path,
)
from ingest.uploads.unpack import unpack


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("run/log.json", "run/log.json"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\logs\\a.json", "C:/logs/a.json"),
        ("a\x00b\n.json", "a\ufffdb\ufffd.json"),
        ("", "unnamed"),
        ("..", "unnamed"),
    ],
)
def test_it_works(name: str, safe: str) -> None:
    assert safe_path(name).as_posix() == safe


@given(st.text(st.characters() | st.sampled_from("./\\\x00"), max_size=400))
def test_no_name_leaves_its_folder_or_is_refused_by_a_file_system(name: str) -> None:
    parts = safe_path(name).parts
    assert 0 < len(parts) <= MAX_DEPTH
    for part in parts:
        assert part not in ("", ".", "..")
        assert "/" not in part
        assert "\x00" not in part
        assert len(part.encode()) <= MAX_PART_BYTES


def test_a_long_name_keeps_its_end_which_tells_the_format() -> None:
    assert safe_path("ä" * 500 + ".jsonl").name.endswith("ä.jsonl")


def test_two_files_of_one_name_do_not_become_one(tmp_path: Path) -> None:
    for content in ("a", "b", "c"):
        free_place(tmp_path, "log.json").write_text(content)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")}
    assert found == {"log.json", "(1)/log.json", "(2)/log.json"}


def test_a_name_that_is_a_file_and_a_folder_is_both(tmp_path: Path) -> None:
    free_place(tmp_path, "log").write_text("a")
    assert free_place(tmp_path, "log/1.json") == tmp_path / "(1)" / "log" / "1.json"


def test_only_what_nobody_touched_for_a_day_is_abandoned(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    import_id = uuid.uuid4()
    folder_of(import_id).mkdir()
    (tmp_path / "uploads" / "something else").mkdir()
    touched = folder_of(import_id).stat().st_mtime
    assert abandoned(touched + ABANDONED_SECONDS - 60) == []
    assert abandoned(touched + ABANDONED_SECONDS + 60) == [import_id]


def pack(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_an_archive_is_written_below_its_folder_whatever_its_names_say(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", **{"../../out.json": b"1", "in/b.json": b"2", "empty/": b""})
    unpack(path, tmp_path / "into")
    found = {each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.json")}
    assert found == {"into/out.json", "into/in/b.json"}


def test_unpacked_again_it_is_the_same(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", **{"b.json": b"2"})
    for _ in range(2):
        unpack(path, tmp_path / "into")
    assert [each.name for each in (tmp_path / "into").iterdir()] == ["b.json"]


def test_an_archive_that_grows_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 10_000)
    path = pack(tmp_path / "a.zip", a=b"\0" * 6_000, b=b"\0" * 6_000)
    with pytest.raises(NotImportable, match="unpacks to more than 10000 bytes"):
        unpack(path, tmp_path / "into")


def test_an_archive_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MAX_MEMBERS", 2)
    path = pack(tmp_path / "a.zip", a=b"", b=b"", c=b"")
    with pytest.raises(NotImportable, match="more than 2 files"):
        unpack(path, tmp_path / "into")


def test_what_is_no_archive_or_a_locked_one_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(NotImportable, match="is not a zip archive, or a damaged one"):
        unpack(path, tmp_path / "into")
    data = bytearray(pack(path, a=b"secret").read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(NotImportable, match="is protected by a password"):
        unpack(path, tmp_path / "into")
