"""The checkpoints of one run: notes in the order of their sizes, and the last one's place in the instance's log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.bundle.archive import Archive
from deliberation.bundle.bounds import MAX_NOTE_BYTES, MAX_NOTES, MAX_TAG_FILE_BYTES
from deliberation.bundle.keys import Key
from deliberation.bundle.layout import CHECKPOINTS, INSTANCE_LEAF, INSTANCE_PROOF, RUNS
from deliberation.bundle.note import Checkpoint, read_checkpoint, split_notes
from deliberation.bundle.proof import check_instance
from deliberation.bundle.verdict import Refusal


@dataclass(frozen=True, slots=True)
class RunCheckpoints:
    """The checkpoints of a run, smallest first, and the instance's checkpoint that covers the last, where given."""

    run: str
    instance: str
    all: tuple[Checkpoint, ...]
    of_instance: Checkpoint | None

    @property
    def last(self) -> Checkpoint:
        """The one over the most entries."""
        return self.all[-1]

    def signers(self, keys: Sequence[Key]) -> list[Key]:
        """Return who signed. Raises `Refusal` when one has no signature of a key that is named, or a wrong one."""
        own = [key for key in keys if key.name == self.instance]
        signed: list[Key] = []
        for each in self.all:
            found = each.signers(own)
            if not found:
                raise Refusal(
                    f"run {self.run}: its checkpoint of size {each.size} has no signature by a key that you named"
                )
            signed += found
        if self.of_instance and not self.of_instance.signers(own):
            raise Refusal(
                f"run {self.run}: the instance's checkpoint has no signature by a key that you named"
            )
        return signed


def read_checkpoints(archive: Archive, run: str) -> RunCheckpoints | None:
    """Return the checkpoints of a run, None where the bundle has none. Raises `Refusal`."""
    folder = f"{RUNS}{run}/"
    if folder + CHECKPOINTS not in archive:
        if folder + INSTANCE_LEAF in archive or folder + INSTANCE_PROOF in archive:
            raise Refusal(f"run {run}: has a proof of a checkpoint, and no checkpoint")
        return None
    notes = _notes(archive.read(folder + CHECKPOINTS, MAX_TAG_FILE_BYTES))
    checkpoints = tuple(map(read_checkpoint, notes))
    sizes = [each.size for each in checkpoints]
    if sizes != sorted(set(sizes)):
        raise Refusal(f"run {run}: its checkpoints are not in the order of their sizes")
    instance, _, of_run = checkpoints[-1].origin.rpartition("/runs/")
    if of_run != run or not instance or len({each.origin for each in checkpoints}) > 1:
        raise Refusal(f"run {run}: has a checkpoint with the origin of another log")
    return RunCheckpoints(run, instance, checkpoints, _of_instance(archive, run, checkpoints[-1]))


def _of_instance(archive: Archive, run: str, last: Checkpoint) -> Checkpoint | None:
    leaf, proof = f"{RUNS}{run}/{INSTANCE_LEAF}", f"{RUNS}{run}/{INSTANCE_PROOF}"
    if leaf not in archive and proof not in archive:
        return None
    reached = check_instance(
        archive.read(leaf, MAX_NOTE_BYTES), archive.read(proof, MAX_NOTE_BYTES), run, last
    )
    if reached.origin != last.origin.rpartition("/runs/")[0]:
        raise Refusal(f"run {run}: the instance's checkpoint has the origin of another log")
    return reached


def _notes(data: bytes) -> list[str]:
    try:
        notes = split_notes(data.decode())
    except UnicodeDecodeError:
        raise Refusal("checkpoints.notes: is not UTF-8") from None
    if len(notes) > MAX_NOTES:
        raise Refusal(f"checkpoints.notes: has more than {MAX_NOTES} notes")
    return notes
