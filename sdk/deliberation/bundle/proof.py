"""That a checkpoint of a run stands in the instance's own log: a C2SP tlog-proof and the leaf that it proves.

The leaf is one line of the same profile, kind `run.checkpoint`, whose facts are the run, its size and its root.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from deliberation.bundle import base64_text, strict_json
from deliberation.bundle.bounds import MAX_NOTE_BYTES, MAX_PROOF_HASHES
from deliberation.bundle.layout import INSTANCE_PROOF
from deliberation.bundle.note import Checkpoint, read_checkpoint
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.tree import HASH_BYTES, hash_leaf, root_from_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
EXTRA = "extra "
ODD = "is not of the form that C2SP gives it"
KIND = "run.checkpoint"


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof: an entry's index, its audit path (lowest hash first), the checkpoint, and `extra` in base64."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    extra: str | None


def check_instance(leaf: bytes, proof: bytes, run: str, checkpoint: Checkpoint) -> Checkpoint:
    """Return the instance's checkpoint, in whose tree the leaf about the run's checkpoint is. Raises `Refusal`."""
    if not leaf.endswith(b"\n"):
        raise Refusal("instance.leaf: its line has no end")
    try:
        line = strict_json.read(leaf[:-1])
    except strict_json.NotCanonical as error:
        raise Refusal(f"instance.leaf: its line {error}") from None
    said = {"root": b64encode(checkpoint.root).decode(), "run": run, "size": checkpoint.size}
    if line.get("kind") != KIND or line.get("d") != said:
        raise Refusal("instance.leaf: is about another checkpoint than the run's last")
    found = read_proof(proof[:MAX_NOTE_BYTES], INSTANCE_PROOF)
    if found.extra is not None:
        raise Refusal(f"{INSTANCE_PROOF}: {ODD}")
    if line.get("seq") != found.index:
        raise Refusal(f"{INSTANCE_PROOF}: is of another entry than instance.leaf")
    check_inclusion(found, leaf[:-1], INSTANCE_PROOF)
    return found.checkpoint


def check_inclusion(proof: Proof, leaf: bytes, name: str) -> None:
    """Check that a line stands where the proof says, under the proof's checkpoint. Raises `Refusal`."""
    try:
        root = root_from_inclusion(
            hash_leaf(leaf), proof.index, proof.checkpoint.size, list(proof.path)
        )
    except ValueError as error:
        raise Refusal(f"{name}: {error}") from None
    if root != proof.checkpoint.root:
        raise Refusal(f"{name}: does not lead to the root of its checkpoint")


def read_proof(data: bytes, name: str) -> Proof:
    """Return what a file says, which is called `name` in the sentence of a `Refusal`."""
    try:
        head, gap, note = data.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Refusal(f"{name}: is not UTF-8") from None
    first, *lines = head.split("\n")
    extra = lines.pop(0).removeprefix(EXTRA) if lines and lines[0].startswith(EXTRA) else None
    digits = lines[0].removeprefix("index ") if lines else ""
    if first != FIRST_LINE or not gap or not digits.isdecimal() or len(digits) > 16:
        raise Refusal(f"{name}: {ODD}")
    hashes = [base64_text.decode(each, HASH_BYTES) for each in lines[1:]]
    path = [each for each in hashes if each is not None]
    if (
        len(path) != len(hashes)
        or len(path) > MAX_PROOF_HASHES
        or lines[0] != f"index {int(digits)}"
    ):
        raise Refusal(f"{name}: has a line that is no hash, or too many")
    return Proof(int(digits), tuple(path), read_checkpoint(note), extra)
