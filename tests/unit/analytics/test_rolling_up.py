"""What stands for itself and what together: nothing is lost, and there are never more than asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.rolling_up import Rolled, choose_rows, merge_groups
from traces.analytics.tree import ROOT, Shape, lay_out

PARENTS = st.lists(st.integers(0, 1000), min_size=1, max_size=60)


def shape_of(parents: list[int]) -> Shape:
    """A tree in which the parent of row i is drawn from those before it, the first a root."""
    above = [ROOT if at == 0 else parent % at for at, parent in enumerate(parents)]
    return lay_out(list(range(len(parents))), above, [None] * len(parents))


def test_it_works() -> None:
    shape = lay_out([0, 1, 2, 3], [ROOT, 0, 0, 0], [None] * 4)
    chosen = choose_rows(shape, 3, weight=[0, 5, 9, 7].__getitem__)
    assert (chosen.shown, chosen.rolled) == ([0, 2], [Rolled(0, [3, 1])])


def test_where_all_fit_nothing_is_rolled_up() -> None:
    shape = shape_of([0, 0, 1, 1, 3])
    assert choose_rows(shape, 5, weight=lambda row: row).rolled == []


@given(PARENTS, st.integers(2, 30))
def test_every_row_is_told_once_within_the_limit(parents: list[int], limit: int) -> None:
    shape = shape_of(parents)
    chosen = choose_rows(shape, limit, weight=lambda row: -row)
    told = list(chosen.shown)
    for group in chosen.rolled:
        assert group.parent == ROOT or group.parent in chosen.shown
        for row in group.rows:
            told += shape.order[shape.place[row] : shape.place[row] + shape.size[row]]
    assert sorted(told) == list(range(len(parents)))
    assert len(chosen.shown) + len(chosen.rolled) <= limit


@given(PARENTS, st.integers(2, 30), st.integers(1, 5))
def test_merged_groups_are_few_and_hold_the_same(
    parents: list[int], limit: int, at_most: int
) -> None:
    shape = shape_of(parents)
    rolled = choose_rows(shape, limit, weight=lambda row: row).rolled
    merged = merge_groups(shape, rolled, at_most)
    assert len(merged) <= at_most
    assert sorted(row for group in merged for row in group.rows) == sorted(
        row for group in rolled for row in group.rows
    )
    for group in merged:
        for row in group.rows:
            assert group.parent == ROOT or is_below(shape, row, group.parent)


def is_below(shape: Shape, row: int, above: int) -> bool:
    return 0 < shape.place[row] - shape.place[above] < shape.size[above]
