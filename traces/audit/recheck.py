"""Compute a run's ledger again from its rows, and say in what it is not what the server holds.

What is found: an edited, missing or added entry; a part that is not what its line commits to, that is gone without an
entry which took it, or that is still there after one; a run whose size, frontier, project, source or trace is another;
a root that is not that of a signed checkpoint. Whoever edits entry, leaf, parts and frontier so that they agree again
is found by a checkpoint alone. `recorded_at` is in no line, so that nothing can tell an edited one.

Memory: the frontier, 100 bytes for each distinct text over 4 KiB, and for each redacted part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from deliberation.bundle.line import Line, read_line
from deliberation.bundle.strict_json import read
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.head import split_frontier
from deliberation.ledger.parts import commit
from deliberation.ledger.tree import append, hash_leaf, root_of
from traces.audit.difference import Difference
from traces.audit.differing import differing_range
from traces.audit.openings import Opening, unpack
from traces.audit.taken_away import TAKING, TakenAway

NEVER = 2**63
FOREIGN = "bundle"
"""The source of a run that came in a bundle from another installation."""


class LedgerRow(NamedTuple):
    """One entry as its row has it."""

    seq: int
    key: str
    line: bytes
    leaf: bytes
    openings: bytes


class Held(NamedTuple):
    """What the server holds of a run besides its entries."""

    size: int
    frontier: bytes
    project: str | None
    source: str
    trace_id: str | None


@dataclass(slots=True)
class Recheck:
    """One run, entry after entry. `texts` are the hashes of its large texts, `roots` those of checkpoints by size.

    `is_instance`: the log of the instance, whose entries tell of what other logs lost. `opened` counts the parts that
    were compared with their commitments, `closed` those that are not here. `sound` is the largest checkpoint that the
    lines lead to, `unsound` the smallest that they do not.
    """

    run: str
    held: Held
    taken: TakenAway
    texts: set[bytes]
    roots: Mapping[int, bytes] = field(default_factory=dict)
    named: set[bytes] = field(default_factory=set)
    frontier: list[bytes] = field(default_factory=list)
    size: int = 0
    is_instance: bool = False
    opened: int = 0
    closed: int = 0
    sound: int = 0
    unsound: int = NEVER

    def entry(self, row: LedgerRow) -> Iterator[Difference]:
        """Take the next entry, in the order of their seqs, and yield what is wrong with it."""
        if row.seq != self.size:
            missing = f"{self.size} to {row.seq - 1}" if row.seq - self.size > 1 else str(self.size)
            yield self._at(None, f"entries are missing: {missing}")
        leaf = hash_leaf(row.line)
        self.frontier, self.size = append(self.frontier, self.size, [leaf])[0], row.seq + 1
        if leaf != row.leaf:
            yield self._at(row.seq, "its line is not the one whose hash is kept beside it")
        yield from self._line(row)
        signed = self.roots.get(self.size)
        if signed is None:
            return
        if signed == root_of(self.frontier):
            self.sound = self.size
            return
        self.unsound = min(self.unsound, self.size)
        yield self._at(row.seq, f"the root is not that of the checkpoint over {self.size} entries")

    def text(self, inner: bytes, data: bytes) -> Iterator[Difference]:
        """Take one of the large texts."""
        if sha256(data).digest() != inner:
            yield self._at(None, f"the text {inner.hex()} is not the one with this hash")

    def end(self) -> Iterator[Difference]:
        """Say what only the whole run shows."""
        if self.size != self.held.size:
            yield self._at(
                None, f"it has {self.size} entries, and is held to have {self.held.size}"
            )
        if b"".join(self.frontier) != self.held.frontier:
            yield self._parting()
        for inner in sorted(self.texts - self.named):
            yield self._at(None, f"no entry names the text {inner.hex()} that is kept for it")
        for size in sorted(size for size in self.roots if size > self.size):
            yield self._at(
                None, f"a checkpoint over {size} entries is signed, of which {self.size} are left"
            )

    def _parting(self) -> Difference:
        """Say how near frontier and checkpoints tell where the lines are others, when no leaf gives them away."""
        what = "the tree over its lines is not the one whose frontier is held"
        if self.size != self.held.size:
            return self._at(None, what)
        first, last = differing_range(self.frontier, split_frontier(self.held.frontier), self.size)
        first, last = max(first, self.sound), min(last, self.unsound - 1)
        if first > last:  # checkpoints and frontier contradict each other
            return self._at(None, what)
        if first == last:
            return self._at(first, what)
        return self._at(None, f"{what}: they part in entries {first} to {last}")

    def _line(self, row: LedgerRow) -> Iterator[Difference]:
        try:
            line = read_line(row.line, run=self.run, seq=row.seq)
        except Refusal as refusal:
            yield self._at(row.seq, str(refusal).removeprefix(f"entry {row.seq}: "))
            return
        if read(row.line)["key"] != row.key:
            yield self._at(row.seq, "its key is not the one in its line")
        if row.seq == 0:
            yield from self._opening_entry(line)
        if line.kind in TAKING and not self.is_instance:
            wrong = self.taken.note(row.seq, line.kind, line.facts)
            if wrong is not None:
                yield self._at(row.seq, wrong)
        yield from self._parts(row, line.commitments)

    def _opening_entry(self, line: Line) -> Iterator[Difference]:
        if self.held.source == FOREIGN:
            return  # the entry tells of the installation where it was made
        for name, held in (
            ("project", self.held.project),
            ("source", self.held.source),
            ("trace_id", self.held.trace_id),
        ):
            if line.facts.get(name) != held:
                yield self._at(0, f"it says another {name} than the run's row")

    def _parts(self, row: LedgerRow, commitments: dict[str, str]) -> Iterator[Difference]:
        try:
            openings = {each.name: each for each in unpack(row.openings)}
        except (ValueError, IndexError):
            yield self._at(row.seq, "what is kept of its parts cannot be read")
            return
        for name in sorted(commitments.keys() | openings.keys()):
            opening, promised = openings.get(name), commitments.get(name)
            if promised is None:
                yield self._at(row.seq, f"its line knows no part {name}")
            elif opening is None:
                yield self._at(row.seq, f"its part {name} is missing")
            else:
                yield from self._part(row.seq, opening, promised)

    def _part(self, seq: int, opening: Opening, promised: str) -> Iterator[Difference]:
        taken_by = self.taken.by(seq, opening.name)
        inner = opening.inner if opening.data is None else sha256(opening.data).digest()
        if inner is None:
            self.closed += 1
            is_withheld = opening.withheld is not None and self.held.source == FOREIGN
            if taken_by is None and not is_withheld:
                yield self._at(seq, f"its part {opening.name} is gone, and no entry took it away")
            return
        self.opened += 1
        if taken_by is not None:
            yield self._at(
                seq, f"its part {opening.name} is there, though entry {taken_by} took it away"
            )
        if commit(opening.salt, inner) != promised:
            yield self._at(seq, f"its part {opening.name} is not what its line commits to")
        if opening.data is None:
            self.named.add(inner)
            if inner not in self.texts:
                yield self._at(seq, f"the text of its part {opening.name} is gone")

    def _at(self, seq: int | None, what: str) -> Difference:
        return Difference(self.run, seq, what)
