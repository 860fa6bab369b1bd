"""One entry of a bundle, for a terminal."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from deliberation.bundle.archive import Archive
from deliberation.bundle.report import Report
from deliberation.bundle.run_evidence import SeenEntry, blob_chunks
from deliberation.bundle.terminal import say, write
from deliberation.bundle.verdict import Misuse
from deliberation.ledger.parts import bytes_to_text
from deliberation.ledger.tree import hash_leaf

MAX_SHOWN_CHARS = 20_000


class EntryFound:
    """Catches the entry that was asked for while its bundle is verified."""

    def __init__(self, seq: int, run: str | None) -> None:
        self._seq, self._run = seq, run
        self._found: list[SeenEntry] = []

    def look(self, entry: SeenEntry) -> None:
        """Keep the entry if it is the one."""
        if entry.seq == self._seq and self._run in (None, entry.run):
            self._found.append(entry)

    def tell(self, file: BinaryIO, report: Report, stream: TextIO, *, as_json: bool) -> None:
        """Write the entry. Raises `Misuse` when it is not there, or in several runs."""
        if len(self._found) != 1:
            raise Misuse(
                f"{'several runs have' if self._found else 'no run has'} an entry {self._seq}"
                + ("; name one with --run" if self._found else "")
            )
        [entry] = self._found
        parts = dict(self._parts(file, entry))
        if as_json:
            write(stream, json.dumps(_plain(entry, report, parts)) + "\n")
            return
        say(stream, f"{report.verdict.name}: {report.meaning}")
        say(stream, f"run   {entry.run}   entry {entry.seq}")
        say(stream, f"leaf  {b64encode(hash_leaf(entry.line)).decode()}")
        say(stream, entry.line.decode())
        for name, text in parts.items():
            say(stream, f"part {name}:")
            for line in text[:MAX_SHOWN_CHARS].split("\n"):
                say(stream, f"  {line}")
        for closed in entry.closed:
            why = closed.reason if closed.by is None else f"gone by entry {closed.by}"
            say(stream, f"part {closed.name}: not shown ({why})")

    def _parts(self, file: BinaryIO, entry: SeenEntry) -> Iterator[tuple[str, str]]:
        for part in entry.shown:
            data = part.data
            if data is None:
                data = b"".join(blob_chunks(Archive(file), entry.run, part.inner))
            try:
                yield part.name, bytes_to_text(data)
            except UnicodeDecodeError:
                yield part.name, data.hex()


def _plain(entry: SeenEntry, report: Report, parts: dict[str, str]) -> dict[str, Any]:
    return {
        "verdict": report.verdict.name,
        "run": entry.run,
        "seq": entry.seq,
        "line": entry.line.decode(),
        "leaf": b64encode(hash_leaf(entry.line)).decode(),
        "parts": parts,
        "closed": [
            {"name": each.name, "reason": each.reason, "by": each.by} for each in entry.closed
        ],
    }
