"""Proofs from a frontier and what came since are those of RFC 6962 over all entries."""

from __future__ import annotations

import pytest

from deliberation.ledger.tree import (
    append,
    check_consistency,
    consistency_path,
    hash_leaf,
    inclusion_path,
    root_of_leaves,
)
from traces.audit.proofs import Growth, consistency, inclusion

LEAVES = [hash_leaf(bytes([n])) for n in range(40)]


def growth(since: int, size: int) -> Growth:
    return Growth(since, append([], 0, LEAVES[:since])[0], LEAVES[since:size])


def test_it_works():
    grown = growth(5, 9)
    assert grown.root() == root_of_leaves(LEAVES[:9])
    check_consistency(
        earlier=5,
        earlier_root=root_of_leaves(LEAVES[:5]),
        size=9,
        root=grown.root(),
        path=consistency(grown),
    )


def test_they_are_the_same_as_from_all_leaves():
    for size in range(1, 41):
        for since in range(size + 1):
            grown = growth(since, size)
            if since:
                assert consistency(grown) == consistency_path(LEAVES[:size], since)
            for index in {since, (since + size) // 2, size - 1} & set(range(since, size)):
                assert inclusion(grown, index) == inclusion_path(LEAVES[:size], index)


def test_a_growth_may_be_looked_at_from_later_on():
    later = growth(3, 20).at(11)
    assert (later.since, later.size, later.root()) == (11, 20, root_of_leaves(LEAVES[:20]))
    assert consistency(later) == consistency_path(LEAVES[:20], 11)
    for wrong in (2, 21):
        with pytest.raises(ValueError, match="no size"):
            growth(3, 20).at(wrong)


def test_what_was_there_before_has_no_path_from_here():
    with pytest.raises(IndexError, match="no entry 4"):
        inclusion(growth(5, 9), 4)
