"""RFC 6962 proofs without the beginning of a log: from the frontier at some size, and the leaves since.

Whatever a proof needs of the entries before that size is a root of a perfect subtree, and those are the frontier. So a
proof costs what was added since, not the whole log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.ledger.tree import append, hash_children, root_of, root_of_leaves


@dataclass(frozen=True, slots=True)
class Growth:
    """A log from a size on: the frontier there (largest subtree first), and the leaf hashes of the entries since."""

    since: int
    frontier: Sequence[bytes]
    leaves: Sequence[bytes]

    @property
    def size(self) -> int:
        """Entries altogether."""
        return self.since + len(self.leaves)

    def at(self, size: int) -> Growth:
        """Return the growth from a later size on."""
        added = size - self.since
        if not 0 <= added <= len(self.leaves):
            raise ValueError(f"no size {size} between {self.since} and {self.size}")
        frontier, _ = append(self.frontier, self.since, self.leaves[:added])
        return Growth(size, frontier, self.leaves[added:])

    def grown(self) -> list[bytes]:
        """Return the frontier of all of it."""
        return append(self.frontier, self.since, self.leaves)[0]

    def root(self) -> bytes:
        """Return the root of all of it."""
        return root_of(self.grown())


def consistency(growth: Growth) -> list[bytes]:
    """Return the proof that all of it extends what was there at `since` (RFC 6962 §2.1.2); nothing is in it for 0."""
    if growth.since == 0:
        return []
    return _consistency(_Nodes(growth), 0, growth.size)


def inclusion(growth: Growth, index: int) -> list[bytes]:
    """Return the audit path of an entry that was added since (RFC 6962 §2.1.1), lowest hash first."""
    if not growth.since <= index < growth.size:
        raise IndexError(f"no entry {index} between {growth.since} and {growth.size}")
    return _inclusion(_Nodes(growth), 0, growth.size, index)


class _Nodes:
    """The hashes of the tree's nodes, by the range of entries below them."""

    def __init__(self, growth: Growth) -> None:
        self.since = growth.since
        self._leaves = growth.leaves
        self._frontier: dict[tuple[int, int], bytes] = {}
        low = 0
        for subtree, bit in zip(growth.frontier, _bits(growth.since), strict=True):
            self._frontier[low, low + bit] = subtree
            low += bit

    def hash(self, low: int, high: int) -> bytes:
        if low >= self.since:
            return root_of_leaves(self._leaves[low - self.since : high - self.since])
        if (low, high) in self._frontier:
            return self._frontier[low, high]
        middle = _middle(low, high)
        return hash_children(self.hash(low, middle), self.hash(middle, high))


def _consistency(nodes: _Nodes, low: int, high: int) -> list[bytes]:
    """Descend to the last node that the earlier tree has; the path holds what is beside the way."""
    since = nodes.since
    if high == since:
        return [] if low == 0 else [nodes.hash(low, high)]
    middle = _middle(low, high)
    if since <= middle:
        return [*_consistency(nodes, low, middle), nodes.hash(middle, high)]
    return [*_consistency(nodes, middle, high), nodes.hash(low, middle)]


def _inclusion(nodes: _Nodes, low: int, high: int, index: int) -> list[bytes]:
    if high - low == 1:
        return []
    middle = _middle(low, high)
    if index < middle:
        return [*_inclusion(nodes, low, middle, index), nodes.hash(middle, high)]
    return [*_inclusion(nodes, middle, high, index), nodes.hash(low, middle)]


def _middle(low: int, high: int) -> int:
    """Return where a range splits: the largest power of two below its length is on the left."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def _bits(number: int) -> list[int]:
    return [1 << at for at in range(number.bit_length() - 1, -1, -1) if number >> at & 1]
