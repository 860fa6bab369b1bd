"""What every importer of a file format gives, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deliberation.events import Event


class NotImportable(Exception):
    """A file that cannot be imported; `sentence` says why, fit for the person who named it."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence


class Unrecognised(NotImportable):
    """A file that holds nothing for us: an error when it was named, passed over inside a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRun:
    """A run, or a piece of one, as a file tells it.

    `known_by` (≤ 64 characters) names the run for its project: the OpenTelemetry trace id, or
    `import:` and a digest of the file and the run's place in it. Pieces with one name are one run.
    `tell` returns the events, in order, for the run id that the server gave; called twice it tells
    the same events under the same keys. `size` is about how many nodes they name, and `weight` how
    many bytes are held in memory until they are recorded, where that may be many. `warnings` are
    sentences, complete once the whole file has been read. `own_id` is the run's id where the source
    gave it one that is ours; nobody looks for `known_by` then.
    """

    known_by: str
    tell: Callable[[str], Iterable[Event]]
    size: int
    warnings: Sequence[str] = ()
    weight: int = 0
    own_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """One file format.

    `sniff` looks at a path and the first bytes of its file (at most `HEAD_BYTES`). `read` yields
    the runs; it raises `NotImportable`, also half-way: what it yielded before stands.
    """

    name: str
    sniff: Callable[[Path, bytes], bool]
    read: Callable[[Path], Iterator[ImportedRun]]


HEAD_BYTES = 64 * 1024
"""Of a file's beginning: enough for a first record with a hundred samples' texts."""
