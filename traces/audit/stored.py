"""A run's ledger as its storage hands it to an export: entry by entry, nothing believed yet."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class StoredPart(NamedTuple):
    """One part. `data` is None where a blob will hold it, where it was taken away, and where it is lost.

    `inner` is the hash under which a large text is kept, None for a small one and one that was taken away. `withheld`
    is the reason that another instance gave for not showing it, when the run came from there.
    """

    name: str
    salt: bytes
    inner: bytes | None
    data: bytes | None
    is_lost: bool = False
    withheld: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the part was taken away for good."""
        return self.data is None and self.inner is None and self.withheld is None


class StoredRow(NamedTuple):
    """One entry: its columns, and its parts by name."""

    seq: int
    key: str
    line: bytes
    leaf: bytes
    parts: Sequence[StoredPart]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnchor:
    """A time stamp that covers a run's checkpoint of `size`: leaf and proof as Proofs has them, the response in DER."""

    size: int
    leaf: bytes
    proof: str
    response: bytes

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> StoredAnchor:
        """Return the anchor that was kept as JSON."""
        leaf, response = b64decode(plain["leaf"]), b64decode(plain["response"])
        return cls(size=plain["size"], leaf=leaf, proof=plain["proof"], response=response)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can keep it."""
        leaf, response = b64encode(self.leaf).decode(), b64encode(self.response).decode()
        return {"size": self.size, "leaf": leaf, "proof": self.proof, "response": response}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What was signed of a run; nothing is proven of entries after those of the last note.

    `notes`: the text of checkpoints.notes; `leaf` and `proof`: the instance's entry about the last note, with its
    newline, and its C2SP tlog-proof; `anchors`: the time stamps that cover some of the notes.
    """

    notes: str = ""
    leaf: bytes = b""
    proof: str = ""
    anchors: Sequence[StoredAnchor] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """The first `size` entries of a run, and the frontier of the tree over them, as the run's row has it.

    `rows` begins anew at each call; `read_large` yields the bytes that are kept under a hash, in portions.
    """

    run: str
    size: int
    frontier: Sequence[bytes]
    rows: Callable[[], Iterator[StoredRow]]
    read_large: Callable[[bytes], Iterator[bytes]]
    proofs: Proofs = Proofs()
