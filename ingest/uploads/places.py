"""Where uploaded files lie, and under which names: `DATA_DIR/uploads/{import}/…`, as they lay where they came from."""

from __future__ import annotations

import shutil
import time
import uuid
from pathlib import Path, PurePosixPath

from django.conf import settings

MAX_PART_BYTES = 160
MAX_DEPTH = 12
ABANDONED_SECONDS = 24 * 3600
FILES = "files"


def uploads_folder() -> Path:
    """Return the folder of all uploads, readable by this program's account alone."""
    folder = settings.DATA_DIR / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(folder)


def folder_of(import_id: uuid.UUID) -> Path:
    """Return the folder of one import, there or not."""
    return uploads_folder() / str(import_id)


def remove_folder(import_id: uuid.UUID) -> None:
    """Delete the files of an import, if they are there."""
    shutil.rmtree(folder_of(import_id), ignore_errors=True)


def abandoned(now: float | None = None) -> list[uuid.UUID]:
    """Return the imports whose folders nobody touched for a day: an upload may have been cut off before its row."""
    limit = (time.time() if now is None else now) - ABANDONED_SECONDS
    folders = [each for each in uploads_folder().iterdir() if each.stat().st_mtime < limit]
    return [found for each in folders if (found := _as_uuid(each.name)) is not None]


def free_place(root: Path, name: str) -> Path:
    """Return a path below `root` that nothing lies at, as like to `name` as is safe; its folders are made.

    `name` is a path in the words of others: it may be absolute, climb with `..`, or be no path at all.
    """
    wanted = safe_path(name)
    number = 0
    while True:
        path = (root / f"({number})" if number else root) / wanted
        number += 1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            continue
        if not path.exists():
            return path


def safe_path(name: str) -> PurePosixPath:
    """Return the path without anything that leads elsewhere or that a file system refuses."""
    parts = [_safe_part(part) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in ("", ".", "..")]
    return PurePosixPath(*kept[-MAX_DEPTH:]) if kept else PurePosixPath("unnamed")


def _safe_part(part: str) -> str:
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in part).strip()
    # The end of a name tells the format, so what is too long loses its beginning.
    encoded = printable.encode("utf-8", "replace")
    return encoded[-MAX_PART_BYTES:].decode("utf-8", "ignore")


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
