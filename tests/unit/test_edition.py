"""Files that browsers may keep for ever have another address once they are others."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from inspector.edition import edition_of


def fill(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def test_it_works(tmp_path: Path) -> None:
    assert edition_of(fill(tmp_path, a="1")) == edition_of(tmp_path)
    assert re.fullmatch("[0-9a-f]{12}", edition_of(tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a").write_text("2"),
        lambda folder: (folder / "a").rename(folder / "c"),
        lambda folder: (folder / "d").write_text(""),
        lambda folder: (folder / "b").unlink(),
        lambda folder: fill(folder, a="12", b=""),
    ],
)
def test_whatever_changes_is_another_edition(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    before = edition_of(fill(tmp_path, a="1", b="2"))
    change(tmp_path)
    assert edition_of(tmp_path) != before


def test_pages_name_the_edition() -> None:
    edition = edition_of(settings.BASE_DIR / "static")
    assert f"/static/{edition}/" == settings.STATIC_URL
