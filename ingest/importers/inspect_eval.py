"""Logs of Inspect (UK AISI's `inspect_ai`), `.eval` and `.json`: each sample of each epoch is a run.

`.eval` is a zip with a member a sample, read one by one; without its `header.json` it is the log of an evaluation that
still runs or was killed, and what it holds is read. `.json` is the whole log as one object. Format: `inspect_ai`,
`src/inspect_ai/log` and `src/inspect_ai/event`; read here as 0.3.4 to 0.3.285 write it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.importers.base import ImportedRun, Importer, NotImportable, Unrecognised
from ingest.importers.cut_json import CUT, first_members, parse_whole_or_cut
from ingest.importers.inspect_archive import Archive, open_archive, parse_inspect_json
from ingest.importers.inspect_log import Log, log_in, log_of
from ingest.importers.inspect_sample import tell_sample
from ingest.importers.inspect_shapes import sample_names, sample_of, sample_value
from ingest.importers.json_file import read_bytes

NAME = "inspect"
ZIP = b"PK\x03\x04"
LOCAL_NAME = struct.Struct("<26xH")
MEMBERS = (b"_journal/", b"samples/", b"header.json", b"summaries.json")
"""One of which a log of ours begins with."""
SUMMARIES = ("summaries.json", "_journal/summaries/")
BYTES_PER_NODE = 16 * 1024
"""So that samples of few and large events do not wait in memory by the dozen."""
MAX_TOLD = 20

Seen = set[tuple[str, int]]


def sniff(path: Path, head: bytes) -> bool:
    """A zip that begins with a member of a log, or an object with a version, a status and an evaluation."""
    if head.startswith(ZIP):
        return len(head) > 30 and _first_name(head).startswith(MEMBERS)
    if head.lstrip()[:1] != b"{" or b'"eval"' not in head:
        return False
    names = first_members(head)
    return {"status", "eval"} <= names and b'"task"' in head and b'"model"' in head


def _first_name(head: bytes) -> bytes:
    (length,) = LOCAL_NAME.unpack_from(head)
    return head[30 : 30 + length]


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each sample of each epoch. Raises `NotImportable`."""
    try:
        with path.open("rb") as file:
            is_zip = file.read(len(ZIP)) == ZIP
    except OSError as error:
        raise NotImportable(path, f"cannot be opened: {error.strerror or error}") from None
    runs = _Runs(path)
    yield from runs.of_archive() if is_zip else runs.of_json()
    if not runs.seen:
        # Of a log that was told to keep none, nothing is wrong.
        kind = NotImportable if runs.left_out else Unrecognised
        raise kind(path, "; ".join(["holds no sample", *runs.warnings]))


class _Runs:
    """The runs of one log.

    `seen` are its samples by id and epoch, `left_out` how many could not be read; `warnings` are shared by its runs.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.seen: Seen = set()
        self.left_out = 0
        self.warnings: list[str] = []

    def of_archive(self) -> Iterator[ImportedRun]:
        """Yield the runs of an `.eval`, a member at a time."""
        with open_archive(self._path) as archive:
            log = log_in(archive, self.warnings)
            for name in sample_names(archive.names):
                try:
                    plain, size = sample_value(archive, name)
                except NotImportable as error:
                    self._warn(f"a sample is left out: {error.sentence}")
                    continue
                yield from self._run(log, plain, name, size)
            self.warnings += log.missing(self.seen, _summarised(archive))

    def of_json(self) -> Iterator[ImportedRun]:
        """Yield the runs of a `.json`, which is read whole."""
        data = read_bytes(self._path)
        try:
            plain, is_cut = parse_inspect_json(data), False
        except (ValueError, RecursionError):
            plain, is_cut = parse_whole_or_cut(self._path, data)
        if not isinstance(plain, dict):
            raise NotImportable(self._path, "is not a log of Inspect")
        if is_cut:
            self.warnings.append(CUT)
        log, found = log_of(plain, is_whole=not is_cut), plain.pop("samples", None)
        samples = found if isinstance(found, list) else []
        size = len(data) // max(1, len(samples))
        del data, found
        for index, each in enumerate(samples):
            samples[index] = None
            yield from self._run(log, each, f"sample {index + 1}", size)
        self.warnings += log.missing(self.seen, set())

    def _run(self, log: Log, plain: Any, name: str, size: int) -> Iterator[ImportedRun]:
        try:
            if not isinstance(plain, Mapping) or "id" not in plain:
                raise ValueError("it is not a sample")
            sample = sample_of(plain)
        except (ValueError, RecursionError, OverflowError) as error:
            self._warn(f"{name} is left out: {str(error)[:120]}")
            return
        self.seen.add((sample.id, sample.epoch))
        yield ImportedRun(
            known_by=log.known_by(sample),
            tell=lambda run: tell_sample(log, sample, run),
            size=1 + len(sample.events) + size // BYTES_PER_NODE,
            warnings=self.warnings,
        )

    def _warn(self, text: str) -> None:
        self.left_out += 1
        if len(self.warnings) < MAX_TOLD:
            self.warnings.append(text)


def _summarised(archive: Archive) -> Seen:
    """Return the samples that the log's summaries tell of."""
    found: Seen = set()
    for name in archive.names:
        if name.startswith(SUMMARIES):
            try:
                told = archive.value(name)
            except NotImportable:
                continue
            for each in told if isinstance(told, list) else []:
                if isinstance(each, Mapping) and isinstance(each.get("epoch"), int):
                    found.add((str(each.get("id")), each["epoch"]))
    return found


INSPECT = Importer(name=NAME, sniff=sniff, read=read)
