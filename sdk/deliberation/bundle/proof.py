"""That a checkpoint of a run stands in the instance's own log: a C2SP tlog-proof and the leaf that it proves.

The leaf is one line of the same profile, kind `run.checkpoint`, whose facts are the run, its size and its root.
"""

from __future__ import annotations

from base64 import b64encode

from deliberation.bundle import base64_text, strict_json
from deliberation.bundle.bounds import MAX_NOTE_BYTES, MAX_PROOF_HASHES
from deliberation.bundle.note import Checkpoint, read_checkpoint
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.tree import HASH_BYTES, hash_leaf, root_from_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
KIND = "run.checkpoint"


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
    index, path, reached = _read_proof(proof)
    if line.get("seq") != index:
        raise Refusal("instance.tlog-proof: is of another entry than instance.leaf")
    try:
        root = root_from_inclusion(hash_leaf(leaf[:-1]), index, reached.size, path)
    except ValueError as error:
        raise Refusal(f"instance.tlog-proof: {error}") from None
    if root != reached.root:
        raise Refusal("instance.tlog-proof: does not lead to the root of its checkpoint")
    return reached


def _read_proof(proof: bytes) -> tuple[int, list[bytes], Checkpoint]:
    try:
        head, gap, note = proof[:MAX_NOTE_BYTES].decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Refusal("instance.tlog-proof: is not UTF-8") from None
    first, *lines = head.split("\n")
    digits = lines[0].removeprefix("index ") if lines else ""
    if first != FIRST_LINE or not gap or not digits.isdecimal() or len(digits) > 16:
        raise Refusal("instance.tlog-proof: is not of the form that C2SP gives it")
    hashes = [base64_text.decode(each, HASH_BYTES) for each in lines[1:]]
    path = [each for each in hashes if each is not None]
    if (
        len(path) != len(hashes)
        or len(path) > MAX_PROOF_HASHES
        or lines[0] != f"index {int(digits)}"
    ):
        raise Refusal("instance.tlog-proof: has a line that is no hash, or too many")
    return int(digits), path, read_checkpoint(note)
