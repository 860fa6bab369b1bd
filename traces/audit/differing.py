"""Where two trees of one size part, as near as their frontiers tell."""

from __future__ import annotations

from collections.abc import Sequence


def differing_range(ours: Sequence[bytes], theirs: Sequence[bytes], size: int) -> tuple[int, int]:
    """Return the first and last leaf of the first perfect subtree in which two frontiers over `size` leaves differ."""
    first = 0
    for position, bit in enumerate(_bits(size)):
        if ours[position : position + 1] != theirs[position : position + 1]:
            return first, first + bit - 1
        first += bit
    return 0, max(0, size - 1)


def _bits(size: int) -> list[int]:
    return [1 << at for at in range(size.bit_length() - 1, -1, -1) if size >> at & 1]
