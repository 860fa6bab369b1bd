"""The evidence of one run, read in one pass: lines, commitments, redactions, tree.

Memory does not grow with the run, but for what is withheld or gone, one root for each checkpoint, and the nodes that a
disclosure counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from deliberation.bundle import openings
from deliberation.bundle.archive import Archive
from deliberation.bundle.bounds import MAX_INLINE_PART_BYTES, MAX_KINDS
from deliberation.bundle.closed_parts import ClosedParts
from deliberation.bundle.growing_tree import GrowingTree
from deliberation.bundle.layout import BLOBS, EVENTS, PARTS, RUNS, WITHHELD
from deliberation.bundle.line import Line, read_line
from deliberation.bundle.openings import Closed, Opened
from deliberation.bundle.verdict import Refusal
from deliberation.disclosure.gathering import Gathered
from deliberation.ledger.parts import commit
from deliberation.ledger.tree import hash_leaf

NO_PART_AFTER = 2**63
LAST_OPENED = Opened(NO_PART_AFTER, "", b"", b"", None)
LAST_CLOSED = Closed(NO_PART_AFTER, "", "", None)


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """What the evidence of a run comes to. `roots` holds the tree's root at each size that was asked about.

    `told` is what its entries say to the questions of a disclosure, where the bundle has one.
    """

    run: str
    size: int
    root: bytes
    roots: Mapping[int, bytes]
    kinds: Mapping[str, int]
    shown: int
    withheld: int
    gone: int
    reasons: Mapping[str, int]
    told: Gathered | None = None


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """One entry with what the bundle shows and does not show of its parts."""

    run: str
    seq: int
    line: bytes
    shown: tuple[Opened, ...]
    closed: tuple[Closed, ...]


Look = Callable[[SeenEntry], object]


class RunReader:
    """Reads one run of an archive whose files are as its manifest lists them."""

    def __init__(
        self,
        archive: Archive,
        run: str,
        names: Collection[str],
        digests: Mapping[str, bytes],
        *,
        look: Look | None = None,
        told: Gathered | None = None,
    ) -> None:
        self._digests = digests
        self._names = names
        self._archive = archive
        self._run = run
        self._folder = f"{RUNS}{run}/"
        self._look = look
        self._told = told
        self._opened = openings.read_opened(archive.lines(self._folder + PARTS))
        withheld = self._folder + WITHHELD
        self._closed = openings.read_closed(archive.lines(withheld) if withheld in archive else ())
        self._next_opened = next(self._opened, LAST_OPENED)
        self._next_closed = next(self._closed, LAST_CLOSED)
        self._blobs: set[str] = set()
        self._parts = ClosedParts()
        self._shown = 0

    def read(self, sizes: Collection[int]) -> RunEvidence:
        """Return what the run comes to. Raises `Refusal` at the first thing that is not as it must be."""
        tree = GrowingTree(sizes)
        kinds: Counter[str] = Counter()
        for seq, data in enumerate(self._archive.lines(self._folder + EVENTS)):
            line = read_line(data, run=self._run, seq=seq)
            tree.add(hash_leaf(data))
            kinds[line.kind] += 1
            if len(kinds) > MAX_KINDS:
                raise Refusal(f"has entries of more than {MAX_KINDS} kinds")
            self._take_parts(seq, data, line)
            self._parts.pass_entry(seq, line.kind, line.facts)
        self._finish(tree.size)
        return RunEvidence(
            run=self._run,
            size=tree.size,
            root=tree.root(),
            roots=tree.roots,
            kinds=kinds,
            shown=self._shown,
            withheld=self._parts.withheld,
            gone=self._parts.gone,
            reasons=self._parts.reasons,
            told=self._told,
        )

    def _take_parts(self, seq: int, data: bytes, line: Line) -> None:
        shown: list[Opened] = []
        closed: list[Closed] = []
        for name, commitment in line.commitments.items():
            opened, not_shown = self._next_opened, self._next_closed
            if opened.seq == seq and opened.name == name:
                self._check_opening(opened, commitment)
                shown.append(opened)
                self._next_opened = next(self._opened, LAST_OPENED)
            elif not_shown.seq == seq and not_shown.name == name:
                self._parts.close(not_shown)
                closed.append(not_shown)
                self._next_closed = next(self._closed, LAST_CLOSED)
            else:
                raise Refusal(
                    f"entry {seq}: its part {name} is neither shown nor listed as withheld or gone"
                )
        if self._next_opened.seq <= seq or self._next_closed.seq <= seq:
            raise Refusal(
                f"entry {seq}: a part is listed that it does not have, or that is listed twice"
            )
        if self._told is not None:
            self._told.take(seq, line.fields, [each.name for each in closed] if closed else ())
        if self._look:
            self._look(SeenEntry(self._run, seq, data, tuple(shown), tuple(closed)))

    def _check_opening(self, opened: Opened, commitment: str) -> None:
        if commit(opened.salt, opened.inner) != commitment:
            raise Refusal(
                f"entry {opened.seq}: its part {opened.name} is not what was committed to"
            )
        if opened.data is None:
            self._check_blob(f"{self._folder}{BLOBS}{opened.inner.hex()}", opened.inner)
        self._parts.show(opened.seq)
        self._shown += 1

    def _check_blob(self, name: str, inner: bytes) -> None:
        # The file was hashed against the manifest already; its name says the same hash, or lies.
        if self._digests.get(name) != inner:
            raise Refusal(f"{name}: is missing, or not what its name says")
        if self._archive.size(name) <= MAX_INLINE_PART_BYTES:
            raise Refusal(f"{name}: is so small that it stands in parts.jsonl")
        self._blobs.add(name)

    def _finish(self, size: int) -> None:
        if size == 0:
            raise Refusal(f"{self._folder}{EVENTS}: has no entry")
        if self._next_opened != LAST_OPENED or self._next_closed != LAST_CLOSED:
            raise Refusal(f"run {self._run}: a part is listed of an entry that is not there")
        self._parts.finish()
        there = {self._folder + name for name in self._names if name.startswith(BLOBS)}
        if hidden := there - self._blobs:
            raise Refusal(f"{min(hidden)}: is a text of no part that is shown")


def blob_chunks(archive: Archive, run: str, inner: bytes) -> Iterator[bytes]:
    """Yield the bytes of a part that is kept as a file of its own."""
    return archive.chunks(f"{RUNS}{run}/{BLOBS}{inner.hex()}")
