"""`withheld.jsonl`: the parts of a run that a bundle does not show, and by which entry those are gone that are gone.

The entry that takes a part away stands behind the part's own, so the list is kept aside until the ledger has been read.
What the verifier would refuse is refused here: a part that is gone and nobody took it away, or that was taken away and
is still there. Memory grows with the redactions, not with the parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from deliberation.bundle.bounds import MAX_CLOSED_PARTS
from deliberation.bundle.closed_parts import EXPIRED, NEVER, REDACTED
from deliberation.ledger.canonical import dump
from traces.audit.not_exported import Damaged, TooLarge


class Closing:
    """Takes note of the parts of one run in the ledger's order, then yields the lines on those that are closed.

    `aside` is an empty file of the caller's.
    """

    def __init__(self, aside: IO[bytes]) -> None:
        self.gone = self.withheld = 0
        self._aside = aside
        self._redacted: dict[tuple[int, str], int] = {}
        self._expired: list[tuple[int, int]] = []
        self._first_there = NEVER

    @property
    def any(self) -> bool:
        """Whether there is a line to be written."""
        return bool(self.gone or self.withheld)

    def pass_entry(self, seq: int, kind: str, facts: dict[str, object]) -> None:
        """Take in what an entry says of parts before it. Raises `Damaged`."""
        if kind == REDACTED:
            entry, part = facts.get("entry"), facts.get("part")
            if type(entry) is not int or not isinstance(part, str) or not 0 <= entry < seq:
                raise Damaged(f"entry {seq}: redacts no part of an earlier entry")
            self._redacted[entry, part] = seq
        elif kind == EXPIRED:
            before = facts.get("before")
            if type(before) is not int or not 0 <= before <= seq:
                raise Damaged(f"entry {seq}: expires no earlier entries")
            if self._first_there < before:
                raise Damaged(
                    f"entry {self._first_there}: has a text, and entry {seq} expired its content"
                )
            self._expired.append((before, seq))

    def show(self, seq: int) -> None:
        """Take note that a part of this entry is shown."""
        self._first_there = min(self._first_there, seq)

    def withhold(self, seq: int, part: str, reason: str) -> None:
        """Take note of a part that is there and is not shown."""
        self._first_there = min(self._first_there, seq)
        self.withheld += 1
        self._note(seq, part, reason)

    def lose(self, seq: int, part: str) -> None:
        """Take note of a part that was taken away."""
        self.gone += 1
        self._note(seq, part, None)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, each with its newline. Raises `Damaged` when ledger and parts do not agree."""
        left = dict(self._redacted)
        self._aside.seek(0)
        for noted in self._aside:
            seq, part, reason = json.loads(noted)
            yield self._line(seq, part, reason, left) + b"\n"
        for (seq, part), by in left.items():
            raise Damaged(f"entry {seq}: its part {part} is there, and entry {by} redacted it")

    def _note(self, seq: int, part: str, reason: str | None) -> None:
        if self.gone + self.withheld > MAX_CLOSED_PARTS:
            raise TooLarge(
                f"a bundle leaves out at most {MAX_CLOSED_PARTS} parts of a run: withhold less"
            )
        self._aside.write(json.dumps((seq, part, reason)).encode() + b"\n")

    def _line(
        self, seq: int, part: str, reason: str | None, left: dict[tuple[int, str], int]
    ) -> bytes:
        if reason is not None:
            return dump({"name": part, "reason": reason, "seq": seq})
        by = left.pop((seq, part), None)
        if by is None:
            by = next((by for before, by in self._expired if seq < before), None)
        if by is None:
            raise Damaged(f"entry {seq}: its part {part} is gone, and no entry took it away")
        return dump({"by": by, "name": part, "seq": seq})
