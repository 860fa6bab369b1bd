"""A tree that grows leaf by leaf and remembers its root at the sizes that somebody asks about."""

from __future__ import annotations

from collections.abc import Iterable

from deliberation.ledger.tree import append, root_of

PORTION = 1024


class GrowingTree:
    """The RFC 6962 tree over a stream of leaves. Memory: a frontier, a portion of leaves, the roots asked for."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self.size = 0
        self.roots: dict[int, bytes] = {}
        self._wanted = sorted(set(sizes), reverse=True)
        self._frontier: list[bytes] = []
        self._leaves: list[bytes] = []
        self._grown = 0
        self._note()

    def add(self, leaf: bytes) -> None:
        """Append a leaf hash."""
        self._leaves.append(leaf)
        self.size += 1
        if len(self._leaves) == PORTION:
            self._grow()
        if self._wanted and self._wanted[-1] == self.size:
            self._note()

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        self._grow()
        return root_of(self._frontier)

    def frontier(self) -> list[bytes]:
        """Return the roots of the tree's perfect subtrees, largest first."""
        self._grow()
        return list(self._frontier)

    def _note(self) -> None:
        while self._wanted and self._wanted[-1] <= self.size:
            self.roots[self._wanted.pop()] = self.root()

    def _grow(self) -> None:
        self._frontier, self._grown = append(self._frontier, self._grown, self._leaves)
        self._leaves = []
