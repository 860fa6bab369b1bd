"""Columns become a tree, whatever the columns say."""

from __future__ import annotations

import time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.tree import (
    ORPHAN,
    ROOT,
    Shape,
    Sums,
    children_of,
    lay_out,
    row_of,
    top_branches,
)


def shape_of(*parents: int) -> Shape:
    """A tree of nodes 0, 1, 2, … with these parents and no times."""
    return lay_out(range(len(parents)), parents, [None] * len(parents))


def test_it_works() -> None:
    shape = shape_of(ROOT, 0, 0, 1, ROOT)
    assert list(shape.order) == [0, 1, 3, 2, 4]
    assert list(shape.depth) == [0, 1, 1, 2, 0]
    assert list(shape.size) == [4, 2, 1, 1, 1]
    assert children_of(shape, 0) == [1, 2]
    assert children_of(shape, ROOT) == [0, 4]


def test_siblings_stand_in_the_order_of_their_start_and_those_without_one_come_last() -> None:
    shape = lay_out([5, 6, 7, 9], [ROOT, 5, 5, 5], [None, None, 20, 10])
    assert list(shape.order) == [0, 3, 2, 1]


def test_a_node_whose_parent_never_came_is_a_root_marked_as_orphan() -> None:
    shape = lay_out([1, 2], [ROOT, ORPHAN], [None, None])
    assert list(shape.order) == [0, 1]
    assert list(shape.parent) == [ROOT, ORPHAN]


def test_a_parent_that_is_not_among_the_rows_makes_an_orphan() -> None:
    assert list(lay_out([4], [3], [None]).parent) == [ORPHAN]


def test_a_ring_of_parents_is_cut_once_and_loses_nobody() -> None:
    shape = shape_of(ROOT, 3, 1, 2, 3)
    assert sorted(shape.order) == [0, 1, 2, 3, 4]
    assert list(shape.parent) == [ROOT, ORPHAN, 1, 2, 3]
    assert shape.size[1] == 4


def test_what_hangs_below_a_ring_stays_under_it() -> None:
    shape = shape_of(1, 2, 1)
    assert shape.parent[0] == 1
    assert sorted(shape.parent[1:]) == [ORPHAN, 1]


def test_a_node_that_is_its_own_parent_is_a_root() -> None:
    assert list(shape_of(0).parent) == [ROOT]


def test_sums_tell_unknown_from_zero() -> None:
    shape = shape_of(ROOT, 0, 0, 2)
    tokens = Sums(shape, [None, None, 0, None], 0)
    assert (tokens.of(0), tokens.of(1), tokens.of(2)) == (0, None, 0)


def test_money_stays_exact() -> None:
    shape = shape_of(ROOT, 0, 0)
    cost = Sums(shape, [Decimal("0.1"), Decimal("0.2"), Decimal("1e-18")], Decimal(0))
    assert cost.of(0) == Decimal("0.300000000000000001")


def test_a_discarded_branch_inside_a_discarded_branch_counts_once() -> None:
    shape = shape_of(ROOT, 0, 1, 0, 3)
    ranges = top_branches(shape, [2, 1, 4])
    assert [list(shape.order[start:end]) for start, end in ranges] == [[1, 2], [4]]


def test_a_row_is_found_by_its_ordinal() -> None:
    assert (row_of([1, 5, 9], 5), row_of([1, 5, 9], 6), row_of([], 1)) == (1, None, None)


def test_a_hundred_thousand_nodes_in_one_chain_are_laid_out_in_a_second() -> None:
    count = 100_000
    begun = time.process_time()
    shape = shape_of(*range(-1, count - 1))
    taken = time.process_time() - begun
    assert shape.depth[-1] == count - 1
    assert shape.size[0] == count
    assert taken < 2


def test_a_hundred_thousand_children_of_one_node_are_laid_out_in_a_second() -> None:
    begun = time.process_time()
    shape = shape_of(ROOT, *[0] * 100_000)
    assert list(shape.order) == list(range(100_001))
    assert time.process_time() - begun < 2


@given(st.lists(st.tuples(st.integers(-2, 40), st.none() | st.integers(0, 9)), max_size=40))
def test_every_node_stands_once_in_the_order_and_after_its_parent(
    nodes: list[tuple[int, int | None]],
) -> None:
    shape = lay_out(range(len(nodes)), [p for p, _ in nodes], [s for _, s in nodes])
    assert sorted(shape.order) == list(range(len(nodes)))
    for row, above in enumerate(shape.parent):
        assert above < 0 or shape.place[above] < shape.place[row]
        assert above < 0 or shape.depth[row] == shape.depth[above] + 1
    assert sum(size for row, size in enumerate(shape.size) if shape.parent[row] < 0) == len(nodes)
