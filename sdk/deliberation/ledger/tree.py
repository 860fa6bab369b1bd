"""The Merkle tree of RFC 6962 §2.1, kept as a frontier.

    leaf(d)    = SHA-256(0x00 ‖ d)
    node(l, r) = SHA-256(0x01 ‖ l ‖ r)

The frontier of a tree of n leaves holds the roots of its perfect subtrees, largest first: one hash per set bit of
n, at most 20 for a million leaves. It is all that is needed to append and to state the root.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


def hash_leaf(data: bytes) -> bytes:
    """Return the leaf hash of `data`."""
    return sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def append(
    frontier: Sequence[bytes], size: int, leaves: Iterable[bytes]
) -> tuple[list[bytes], int]:
    """Return the frontier and size after appending leaf hashes to a tree of `size` leaves."""
    grown = list(frontier)
    for leaf in leaves:
        carried, bits = leaf, size
        while bits & 1:
            carried = sha256(b"\x01" + grown.pop() + carried).digest()
            bits >>= 1
        grown.append(carried)
        size += 1
    return grown, size


def root_of(frontier: Sequence[bytes]) -> bytes:
    """Return the root of the tree with this frontier."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for subtree in reversed(frontier[:-1]):
        root = hash_children(subtree, root)
    return root


def root_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return root_of(append([], 0, leaves)[0])


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` (RFC 6962 §2.1.1), lowest hash first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _largest_power_below(len(leaves))
    if index < split:
        return [*inclusion_path(leaves[:split], index), root_of_leaves(leaves[split:])]
    return [*inclusion_path(leaves[split:], index - split), root_of_leaves(leaves[:split])]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that an audit path leads to (RFC 9162 §2.1.3.2).

    Raises ValueError when the path does not fit the index and size.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    position, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long")
        if position & 1 or position == last:
            reached = hash_children(sibling, reached)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            reached = hash_children(reached, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return reached


def consistency_path(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Return the proof that the tree over `leaves` extends its first `earlier` leaves (RFC 6962 §2.1.2)."""
    if not 0 < earlier <= len(leaves):
        raise IndexError(f"no tree of {earlier} leaves within {len(leaves)}")
    return _consistency(leaves, earlier, whole=True)


def check_consistency(
    *, earlier: int, earlier_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that a proof leads from the tree of `earlier` leaves to that of `size` (RFC 9162 §2.1.4.2).

    Raises ValueError, with the reason, when it does not.
    """
    if not 0 < earlier <= size:
        raise ValueError(f"no tree of {earlier} leaves is the beginning of one of {size}")
    if earlier == size:
        reached = (earlier_root, earlier_root)
        if path:
            raise ValueError("the proof is too long")
    else:
        reached = _roots_from_consistency(earlier, size, earlier_root, path)
    if reached != (earlier_root, root):
        raise ValueError("the proof does not lead from the earlier root to the later one")


def _roots_from_consistency(
    earlier: int, size: int, earlier_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    # The earlier root is left out of the proof where it is a node of the later tree.
    is_subtree = earlier & (earlier - 1) == 0
    hashes = [earlier_root, *path] if is_subtree else list(path)
    position, last = earlier - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    if not hashes:
        raise ValueError("the proof is too short")
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ValueError("the proof is too long")
        if position & 1 or position == last:
            old, new = hash_children(sibling, old), hash_children(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = hash_children(new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return old, new


def _consistency(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root_of_leaves(leaves)]
    split = _largest_power_below(len(leaves))
    if earlier <= split:
        return [*_consistency(leaves[:split], earlier, whole=whole), root_of_leaves(leaves[split:])]
    return [
        *_consistency(leaves[split:], earlier - split, whole=False),
        root_of_leaves(leaves[:split]),
    ]


def _largest_power_below(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
