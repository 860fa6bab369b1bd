"""Anchors: what an authority stamped of a run, by way of the instance's log.

An authority stamps a checkpoint of the instance, which covers all runs that were told of by then. An anchor leads from
a checkpoint of the run to that: the instance's entry about it, a C2SP tlog-proof, which ends in the checkpoint that
was stamped, and the stamp.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from deliberation.bundle.archive import Archive
from deliberation.bundle.bounds import MAX_NOTE_BYTES
from deliberation.bundle.checkpoints import RunCheckpoints
from deliberation.bundle.keys import Key
from deliberation.bundle.layout import ANCHOR_LEAF, ANCHOR_PROOF, ANCHOR_STAMP, ANCHORS
from deliberation.bundle.note import Checkpoint
from deliberation.bundle.proof import check_instance
from deliberation.bundle.run_evidence import SeenEntry
from deliberation.bundle.time_stamps import MAX_STAMP_BYTES, Authority, Stamp
from deliberation.bundle.verdict import Refusal

RECEIVED = b'"t_rx":"'
PROMPT_NS = 24 * 3600 * 10**9
SECOND_NS = 10**9


class Stamped(NamedTuple):
    """A stamp over the first `size` entries of a run."""

    run: str
    size: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stamp that was not checked yet, over a checkpoint of the instance that covers `size` entries of a run."""

    run: str
    size: int
    note: bytes
    of_instance: Checkpoint
    response: bytes

    def check(self, authority: Authority) -> Stamped:
        """Return what was stamped, and when. Raises `Refusal`."""
        try:
            return Stamped(self.run, self.size, authority.check(self.response, self.note))
        except Refusal as refusal:
            raise Refusal(f"{self._called}: its time stamp does not hold: {refusal}") from None

    def check_signed(self, keys: Sequence[Key]) -> None:
        """Raises `Refusal` where no key that is named signed what was stamped."""
        if not self.of_instance.signers(keys):
            raise Refusal(
                f"{self._called}: what was stamped has no signature by a key that you named"
            )

    @property
    def _called(self) -> str:
        return f"run {self.run}: its anchor of size {self.size}"


def read_anchors(
    archive: Archive, run: str, sizes: Collection[int], checkpoints: RunCheckpoints | None
) -> Iterator[Anchor]:
    """Yield the anchors of a run, which are of these sizes. Raises `Refusal`."""
    of_run = {each.size: each for each in checkpoints.all} if checkpoints else {}
    for size in sorted(sizes):
        name = f"{ANCHORS}{run}/{size}"
        checkpoint = of_run.get(size)
        if checkpoint is None:
            raise Refusal(f"{name}{ANCHOR_LEAF}: is about no checkpoint that the run has")
        proof = archive.read(name + ANCHOR_PROOF, MAX_NOTE_BYTES)
        try:
            leaf = archive.read(name + ANCHOR_LEAF, MAX_NOTE_BYTES)
            reached = check_instance(leaf, proof, run, checkpoint)
        except Refusal as refusal:
            raise Refusal(f"{name}: {refusal}") from None
        if reached.origin != checkpoint.origin.rpartition("/runs/")[0]:
            raise Refusal(f"{name}{ANCHOR_PROOF}: its checkpoint has the origin of another log")
        note = proof.partition(b"\n\n")[2]
        yield Anchor(run, size, note, reached, archive.read(name + ANCHOR_STAMP, MAX_STAMP_BYTES))


class Promptness:
    """How far the stamps of each run were made within a day of what they stamp, as its entries say it.

    A stamp alone only says that a history is no younger: one that was written anew yesterday can be stamped today. So
    each entry must say that it was received no more than a day before the first stamp that covers it.
    """

    def __init__(self, sizes: Mapping[str, Collection[int]]) -> None:
        self._sizes = {run: sorted(each) for run, each in sizes.items()}
        self._earliest: dict[tuple[str, int], int] = {}
        self._at = dict.fromkeys(self._sizes, 0)

    def look(self, entry: SeenEntry) -> None:
        """Take in an entry; each run's come in order."""
        sizes = self._sizes.get(entry.run, ())
        at = self._at.get(entry.run, 0)
        while at < len(sizes) and sizes[at] <= entry.seq:
            at += 1
        if at == len(sizes):
            return
        self._at[entry.run] = at
        # After t_rx a line has numbers only, so that the last place where it stands is the one.
        received = int(entry.line.rpartition(RECEIVED)[2].partition(b'"')[0])
        key = entry.run, sizes[at]
        self._earliest[key] = min(received, self._earliest.get(key, received))

    def covered(self, run: str, stamped: Sequence[Stamped]) -> int:
        """Return how many entries of a run, from the first on, were stamped in time."""
        size = 0
        for each in sorted(each for each in stamped if each.run == run):
            received = self._earliest.get((run, each.size))
            if received is None or _ns(each.stamp.at) - received > PROMPT_NS:
                break
            size = each.size
        return size


def _ns(at: dt.datetime) -> int:
    return int(at.timestamp()) * SECOND_NS
