"""One thing in which a ledger is not what it must be."""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """What differs, in a sentence; `seq` is the entry, None where it is about the run."""

    run: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        place = self.run if self.seq is None else f"{self.run} entry {self.seq}"
        return f"{place}: {self.what}"
