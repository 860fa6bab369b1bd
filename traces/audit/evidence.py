"""The evidence of one run, written in one pass over its ledger and checked on the way.

Nothing that is stored is believed: each line against its leaf, each text against its commitment, the tree against the
frontier of the run's row and the roots that were signed. So what somebody edited behind the server's back is found
here, and makes no bundle. Memory: a portion of lines, the redactions, and a line for each text over 65,536 bytes.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections import Counter
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO

from deliberation.bundle import layout
from deliberation.bundle.bounds import MAX_INLINE_PART_BYTES
from deliberation.bundle.growing_tree import GrowingTree
from deliberation.bundle.line import Line, read_line
from deliberation.bundle.note import Checkpoint, read_checkpoint, split_notes
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.bundle.verdict import Refusal
from deliberation.disclosure.gathering import Gathered
from deliberation.ledger.canonical import dump
from deliberation.ledger.parts import commit
from deliberation.ledger.tree import hash_leaf
from traces.audit.closing import Closing
from traces.audit.differing import differing_range
from traces.audit.not_exported import Damaged
from traces.audit.stored import StoredAnchor, StoredPart, StoredRow, StoredRun
from traces.audit.withholding import Withholding
from traces.audit.zip_writer import ZipWriter

SPOOL_BYTES = 1 << 20


def write_evidence(
    archive: ZipWriter,
    stored: StoredRun,
    withholding: Withholding,
    told: Gathered | None = None,
) -> RunEvidence:
    """Write the folder of a run; return what it comes to. Raises `Damaged` and `TooLarge`, with the run's id.

    `told` takes what the entries say to the questions of a disclosure, where there is to be one.
    """
    try:
        with SpooledTemporaryFile(SPOOL_BYTES) as parts, SpooledTemporaryFile(SPOOL_BYTES) as aside:
            closing = Closing(aside)
            return _Evidence(archive, stored, withholding, parts, closing, told).write()
    except (Damaged, Refusal) as found:
        raise Damaged(f"run {stored.run}: {found}") from None


class _Evidence:
    """The writing of one run, file by file."""

    def __init__(
        self,
        archive: ZipWriter,
        stored: StoredRun,
        withholding: Withholding,
        parts: IO[bytes],
        closing: Closing,
        told: Gathered | None,
    ) -> None:
        self._archive, self._stored, self._withholding = archive, stored, withholding
        self._folder = f"{layout.RUNS}{stored.run}/"
        self._notes = list(map(read_checkpoint, _split(stored.proofs.notes)))
        self._tree = GrowingTree(each.size for each in self._notes)
        self._kinds: Counter[str] = Counter()
        self._closing, self._told = closing, told
        self._shown = 0
        self._reasons: Counter[str] = Counter()
        self._blobs: dict[bytes, int] = {}
        self._openings = archive.beside(self._folder + layout.PARTS, parts)

    def write(self) -> RunEvidence:
        """Write everything; return what the verifier will find."""
        events = self._archive.begin(self._folder + layout.EVENTS)
        for expected, row in enumerate(self._stored.rows()):
            self._take(row, expected)
            events.write(row.line)
            events.write(b"\n")
        self._check_tree()
        self._archive.end(events)
        self._archive.put(self._openings)
        if self._closing.any:
            self._archive.add(self._folder + layout.WITHHELD, self._closing.lines())
        else:
            list(self._closing.lines())
        for inner, seq in self._blobs.items():
            self._write_blob(inner, seq)
        self._write_proofs()
        return self._found()

    def _take(self, row: StoredRow, expected: int) -> None:
        if row.seq != expected:
            raise Damaged(f"entry {expected}: is missing")
        if hash_leaf(row.line) != row.leaf:
            raise Damaged(f"entry {row.seq}: its line does not have the hash that was kept of it")
        line = read_line(row.line, run=self._stored.run, seq=row.seq)
        if b',"key":%s,"kind":"' % dump(row.key) not in row.line:
            raise Damaged(f"entry {row.seq}: is stored under another key than its line has")
        self._tree.add(row.leaf)
        self._kinds[line.kind] += 1
        hidden = self._take_parts(row, line)
        if self._told is not None:
            self._told.take(row.seq, line.fields, hidden)
        self._closing.pass_entry(row.seq, line.kind, line.facts)

    def _take_parts(self, row: StoredRow, line: Line) -> list[str]:
        """Write what is shown of an entry's parts; return the names of the others."""
        parts = {part.name: part for part in row.parts}
        if parts.keys() != line.commitments.keys():
            named = min(parts.keys() ^ line.commitments.keys())
            raise Damaged(f"entry {row.seq}: its line and what is kept of its part {named} differ")
        return [
            name
            for name, commitment in line.commitments.items()
            if not self._take_part(row.seq, line.kind, parts[name], commitment)
        ]

    def _take_part(self, seq: int, kind: str, part: StoredPart, commitment: str) -> bool:
        """Write what the bundle says of a part; return whether it shows it."""
        if part.is_gone:
            self._closing.lose(seq, part.name)
            return False
        reason = part.withheld
        if reason is None:
            inner = _checked(part, seq, commitment)
            if not self._withholding.covers(kind, part.name):
                self._show(seq, part, inner)
                return True
            reason = self._withholding.reason
        self._withhold(seq, part.name, reason)
        return False

    def _withhold(self, seq: int, name: str, reason: str) -> None:
        self._closing.withhold(seq, name, reason)
        self._reasons[reason] += 1

    def _show(self, seq: int, part: StoredPart, inner: bytes) -> None:
        self._shown += 1
        self._closing.show(seq)
        if part.data is None:
            self._blobs.setdefault(inner, seq)
        self._openings.file.write(_opening(seq, part, inner))

    def _check_tree(self) -> None:
        if self._tree.size != self._stored.size:
            raise Damaged(
                f"entry {self._tree.size}: is missing, and {self._stored.size} are counted"
            )
        frontier = self._tree.frontier()
        if frontier != list(self._stored.frontier):
            first, last = differing_range(frontier, self._stored.frontier, self._tree.size)
            raise Damaged(
                f"entries {first} to {last}: are not those that the head of the run was made of"
            )
        for note in self._notes:
            self._check_note(note)

    def _check_note(self, note: Checkpoint) -> None:
        if self._tree.roots.get(note.size) != note.root:
            raise Damaged(
                f"the first {note.size} entries are not those of the checkpoint that was signed of them"
            )

    def _write_blob(self, inner: bytes, seq: int) -> None:
        name = f"{self._folder}{layout.BLOBS}{inner.hex()}"
        written = self._archive.add(name, self._stored.read_large(inner))
        if written.digest != inner:
            raise Damaged(f"entry {seq}: a large text of it is not the one that was hashed")

    def _write_proofs(self) -> None:
        proofs = self._stored.proofs
        files = {
            layout.CHECKPOINTS: proofs.notes.encode(),
            layout.INSTANCE_LEAF: proofs.leaf,
            layout.INSTANCE_PROOF: proofs.proof.encode(),
        }
        for name, data in files.items():
            if data:
                self._archive.add(self._folder + name, (data,))
        known = {note.size for note in self._notes}
        for anchor in proofs.anchors:
            if anchor.size in known:  # the notes of a very long run are thinned out
                self._write_anchor(anchor)

    def _write_anchor(self, anchor: StoredAnchor) -> None:
        name = f"{layout.ANCHORS}{self._stored.run}/{anchor.size}"
        self._archive.add(name + layout.ANCHOR_LEAF, (anchor.leaf,))
        self._archive.add(name + layout.ANCHOR_PROOF, (anchor.proof.encode(),))
        self._archive.add(name + layout.ANCHOR_STAMP, (anchor.response,))

    def _found(self) -> RunEvidence:
        closing = self._closing
        return RunEvidence(
            run=self._stored.run,
            size=self._tree.size,
            root=self._tree.root(),
            roots=self._tree.roots,
            kinds=self._kinds,
            shown=self._shown,
            withheld=closing.withheld,
            gone=closing.gone,
            reasons=self._reasons,
            told=self._told,
        )


def _checked(part: StoredPart, seq: int, commitment: str) -> bytes:
    """Return the hash of a part's bytes, which its line commits to. Those of a blob are hashed when it is written."""
    if part.is_lost:
        raise Damaged(f"entry {seq}: the text of its part {part.name} is lost")
    inner = sha256(part.data).digest() if part.data is not None else part.inner or b""
    if part.inner not in (None, inner) or commit(part.salt, inner) != commitment:
        raise Damaged(f"entry {seq}: its part {part.name} is not what was committed to")
    return inner


def _opening(seq: int, part: StoredPart, inner: bytes) -> bytes:
    """Return the line of parts.jsonl that shows a part."""
    plain = {"name": part.name, "salt": _base64(part.salt), "seq": seq}
    if part.data is None:
        return dump({**plain, "blob": inner.hex()}) + b"\n"
    assert len(part.data) <= MAX_INLINE_PART_BYTES
    try:
        return dump({**plain, "text": part.data.decode()}) + b"\n"
    except UnicodeDecodeError:
        return dump({**plain, "base64": _base64(part.data)}) + b"\n"


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _split(notes: str) -> list[str]:
    return split_notes(notes) if notes else []
