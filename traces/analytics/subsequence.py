"""The longest common subsequence of two lists of keys: what stands in both, in the same order. Pure, and bounded.

Hunt and Szymanski, "A fast algorithm for computing longest common subsequences", Communications of the ACM 20(5),
1977: time grows with the pairs of equal keys and not with the product of the lengths. Where one key stands a thousand
times in both lists, those pairs are a million. So they are counted first, and beyond what is allowed the n-th of a key
may only be paired with the n-th: that is a common subsequence too, found in n log n, and perhaps not the longest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Pairs of places (left, right) that hold equal keys, rising on both sides.

    `weighed` are the pairs of equal keys that were looked at; without `is_longest` there were more than allowed.
    """

    pairs: list[tuple[int, int]]
    weighed: int
    is_longest: bool


def common_order(
    left: Sequence[Hashable], right: Sequence[Hashable], *, allowed: int = 1_000_000
) -> Common:
    """Return a longest common subsequence; None as a key equals nothing. Of equally long ones always the same."""
    begin, end = _ends_alike(left, right)
    inner, other = left[begin : len(left) - end], right[begin : len(right) - end]
    weighed = _count_pairs(inner, other)
    is_longest = weighed <= allowed
    if not is_longest:
        inner, other = _numbered(inner), _numbered(other)
    middle = [(begin + a, begin + b) for a, b in _longest(inner, other)]
    head = [(at, at) for at in range(begin)]
    tail = [(len(left) - at, len(right) - at) for at in range(end, 0, -1)]
    return Common(
        pairs=head + middle + tail, weighed=weighed if is_longest else 0, is_longest=is_longest
    )


def _ends_alike(left: Sequence[Hashable], right: Sequence[Hashable]) -> tuple[int, int]:
    """Return how many keys are the same at the beginning and the end.

    Taking those is never wrong, and often all there is to do.
    """
    most = min(len(left), len(right))
    begin = end = 0
    while begin < most and left[begin] is not None and left[begin] == right[begin]:
        begin += 1
    most -= begin
    while end < most and left[-1 - end] is not None and left[-1 - end] == right[-1 - end]:
        end += 1
    return begin, end


def _count_pairs(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    if not left or not right:
        return 0
    theirs = Counter(key for key in right if key is not None)
    return sum(theirs[key] for key in left if key is not None)


def _numbered(keys: Sequence[Hashable]) -> list[Hashable]:
    seen: Counter[Hashable] = Counter()
    found: list[Hashable] = []
    for key in keys:
        found.append(None if key is None else (key, seen[key]))
        seen[key] += 1
    return found


@dataclass(slots=True)
class _Link:
    """A pair, and the pair before it in the longest list that ends with it."""

    left: int
    right: int
    before: _Link | None


def _longest(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    if not left or not right:
        return []
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at in range(len(right) - 1, -1, -1):
        places[right[at]].append(at)
    places.pop(None, None)
    # ends[n]: the least place on the right at which a common list of n + 1 keys ends so far.
    ends: list[int] = []
    links: list[_Link] = []
    for at, key in enumerate(left):
        # From the right: a key of the left is paired once, so no place of its own may be built upon.
        for place in places.get(key, ()):
            length = bisect_left(ends, place)
            link = _Link(at, place, links[length - 1] if length else None)
            if length == len(ends):
                ends.append(place)
                links.append(link)
            elif place < ends[length]:
                ends[length] = place
                links[length] = link
    return _unwound(links[-1] if links else None)


def _unwound(link: _Link | None) -> list[tuple[int, int]]:
    found = []
    while link is not None:
        found.append((link.left, link.right))
        link = link.before
    return found[::-1]
