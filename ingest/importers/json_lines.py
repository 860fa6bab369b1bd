"""JSON lines: one object a line, read one at a time, so that a file of any length takes the memory of a line.

A line that cannot be read costs only itself: a warning names it, on all runs of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.json_file import parse_json

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_TOLD_LINES = 20
CHUNK_BYTES = 1024 * 1024

NameOf = Callable[[str], str]
"""A place in the file → the name of the run there: the same file, the same names."""


class Misread(Exception):
    """A line that is not what its format says; the message says in what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One object of a file.

    `index` is its line, counted from 0, `size` its bytes; `warnings` are the file's, to be handed to
    its runs.
    """

    index: int
    size: int
    value: Mapping[str, Any]
    name_of: NameOf
    warnings: list[str]


def read_runs(
    path: Path, runs_of: Callable[[Line], Iterable[ImportedRun]]
) -> Iterator[ImportedRun]:
    """Yield the runs of each line; `runs_of` raises `Misread`.

    Raises `NotImportable` when the file cannot be read, or no line of it.
    """
    warnings: list[str] = []
    is_empty = True
    for line in _lines(path, warnings):
        try:
            runs = list(runs_of(line))
        except Misread as error:
            note_line(warnings, line.index, f"is left out: {error}")
            continue
        is_empty = is_empty and not runs
        yield from (replace(run, weight=line.size) for run in runs)
    if is_empty:
        raise NotImportable(path, warnings[0] if warnings else "holds no line that can be read")


def read_objects(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of the file alone, for a look ahead. Raises `NotImportable`."""
    return (line.value for line in _lines(path, []))


def text_of(plain: Mapping[str, Any], name: str) -> str:
    """Return a text of the line. Raises `Misread`."""
    value = plain.get(name)
    if not isinstance(value, str):
        raise Misread(f"its {name!r} is not a text")
    return value


def texts_of(plain: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts of the line. Raises `Misread`."""
    value = plain.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Misread(f"its {name!r} are not a list of texts")
    return value


def _lines(path: Path, warnings: list[str]) -> Iterator[Line]:
    name_of = _names_of(path)
    for index, data in enumerate(raw_lines(path)):
        if len(data) > MAX_LINE_BYTES:
            note_line(warnings, index, f"has more than {MAX_LINE_BYTES} bytes and is left out")
            continue
        try:
            value = parse_json(path, data) if data.strip() else None
        except NotImportable as error:
            note_line(warnings, index, f"is left out: it {error.sentence}")
            continue
        if isinstance(value, Mapping):
            yield Line(index=index, size=len(data), value=value, name_of=name_of, warnings=warnings)
        elif value is not None:
            note_line(warnings, index, "is left out: it is not a JSON object")


def raw_lines(path: Path) -> Iterator[bytes]:
    """Yield each line, one that is too long cut just above the limit. Raises `NotImportable`."""
    try:
        with path.open("rb") as file:
            while data := file.readline(MAX_LINE_BYTES + 1):
                rest = data
                while len(data) > MAX_LINE_BYTES and rest and not rest.endswith(b"\n"):
                    rest = file.readline(CHUNK_BYTES)
                yield data
    except OSError as error:
        raise NotImportable(path, f"cannot be read: {error.strerror or error}") from None


def _names_of(path: Path) -> NameOf:
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while data := file.read(CHUNK_BYTES):
                digest.update(data)
    except OSError as error:
        raise NotImportable(path, f"cannot be opened: {error.strerror or error}") from None
    file_digest = digest.digest()
    return lambda place: (
        f"import:{blake2b(file_digest + b'#' + place.encode(), digest_size=16).hexdigest()}"
    )


def note_line(warnings: list[str], index: int, text: str) -> None:
    """Add a sentence on a line, counted from 0; those beyond the first few are one sentence."""
    if len(warnings) < MAX_TOLD_LINES:
        warnings.append(f"line {index + 1} {text}")
    elif len(warnings) == MAX_TOLD_LINES:
        warnings.append("and further lines")
