"""Two trees as one: nobody is lost, pairs agree in what they hang under, and what is called the same is the same."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.aligned_tree import NOBODY, Aligned
from traces.analytics.tree import ORPHAN, ROOT, Shape, lay_out
from traces.analytics.two_trees import Fact, Side, align

SECONDS = 4
"""For two trees of 20,000 nodes of the worst forms known; of a hundred thousand they take three seconds."""
Node = tuple[int, str, str | None]
"""A parent's place, what the node is, and what it says."""


def side(nodes: list[Node]) -> Side:
    shape = lay_out(range(len(nodes)), [parent for parent, _, _ in nodes], [None] * len(nodes))
    told = [
        (kind, None, text, None, "open", None, False, None, None, None) for _, kind, text in nodes
    ]
    keys = [
        [(kind, text) if text is not None else None for _, kind, text in nodes],
        [kind for _, kind, _ in nodes],
    ]
    return Side(shape=shape, facts=told, keys=keys)


@st.composite
def forests(draw: st.DrawFn) -> list[Node]:
    count = draw(st.integers(0, 14))
    return [
        (
            draw(st.integers(ORPHAN, count - 1)),
            draw(st.sampled_from("xyz")),
            draw(st.sampled_from(["1", "2", None])),
        )
        for _ in range(count)
    ]


def both(aligned: Aligned) -> list[tuple[int, int]]:
    return list(zip(aligned.left, aligned.right, strict=True))


def test_it_works() -> None:
    ours = side([(ROOT, "x", "q"), (0, "y", "1"), (0, "y", "2"), (2, "z", "deep"), (0, "z", "end")])
    theirs = side(
        [(ROOT, "x", "q"), (0, "y", "1"), (0, "y", "3"), (0, "x", "new"), (0, "z", "end")]
    )
    aligned = align(ours, theirs)
    assert both(aligned) == [(0, 0), (1, 1), (2, 2), (3, NOBODY), (NOBODY, 3), (4, 4)]
    assert aligned.depth == [0, 1, 1, 2, 1, 1]
    assert aligned.size == [6, 1, 2, 1, 1, 1]
    assert aligned.differ == [0, 0, Fact.TEXT, 0, 0, 0]
    tally = aligned.count(0, 6)
    assert (tally.same, tally.changed, tally.left, tally.right) == (3, 1, 1, 1)


def test_two_lone_roots_are_a_pair_whatever_they_are() -> None:
    aligned = align(side([(ROOT, "x", "1"), (ORPHAN, "z", "1")]), side([(ROOT, "y", "2")]))
    assert both(aligned) == [(0, 0), (1, NOBODY)]
    assert aligned.differ[0] == Fact.KIND | Fact.TEXT


def test_what_one_side_does_not_record_is_no_difference() -> None:
    aligned = align(side([(ROOT, "x", "1")]), side([(ROOT, "x", None)]))
    assert (aligned.differ, aligned.untold) == ([0], [Fact.TEXT])
    assert aligned.count(0, 1).untold == 1


def test_what_is_the_same_is_paired_before_what_only_looks_alike() -> None:
    ours = side([(ROOT, "x", None), (0, "y", "1"), (0, "y", "2")])
    theirs = side([(ROOT, "x", None), (0, "y", "2")])
    assert both(align(ours, theirs)) == [(0, 0), (1, NOBODY), (2, 1)]


def test_calls_are_paired_by_what_they_asked_before_what_looks_the_same() -> None:
    ours = side([(ROOT, "x", "1"), (ROOT, "x", "2")])
    theirs = side([(ROOT, "x", "2"), (ROOT, "x", "3")])
    assert both(align(ours, theirs)) == [(0, NOBODY), (1, 0), (NOBODY, 1)]
    keys = ["k1", "k2"]
    asked = align(replace(ours, calls=keys), replace(theirs, calls=keys))
    assert both(asked) == [(0, 0), (1, 1)]


def test_what_has_no_call_of_its_own_is_paired_as_ever() -> None:
    ours = side([(ROOT, "x", "1"), (ROOT, "x", "2"), (ROOT, "z", None)])
    calls = [None, "k2", None]
    mixed = align(replace(ours, calls=calls), replace(ours, calls=calls))
    assert both(mixed) == [(0, 0), (1, 1), (2, 2)]


@given(forests(), forests())
def test_every_node_stands_on_one_line_under_the_line_of_its_parent(
    ours: list[Node], theirs: list[Node]
) -> None:
    sides = side(ours), side(theirs)
    aligned = align(*sides)
    for rows, tree in zip((aligned.left, aligned.right), sides, strict=True):
        assert sorted(row for row in rows if row != NOBODY) == list(range(len(tree.facts)))
        _check_parents(aligned, rows, tree.shape)


def _check_parents(aligned: Aligned, rows: list[int], shape: Shape) -> None:
    above: list[int] = []
    for line, row in enumerate(rows):
        above = above[: aligned.depth[line]]
        if row != NOBODY:
            assert aligned.depth[line] == shape.depth[row]
            assert shape.parent[row] < 0 or rows[above[-1]] == shape.parent[row]
        above.append(line)


@given(forests())
def test_a_tree_differs_from_itself_in_nothing(nodes: list[Node]) -> None:
    aligned = align(side(nodes), side(nodes))
    assert aligned.left == aligned.right
    assert not any(map(aligned.is_parted, range(len(nodes))))


@given(forests(), forests())
def test_the_other_way_round_it_is_the_same_but_for_the_sides(
    ours: list[Node], theirs: list[Node]
) -> None:
    there = align(side(ours), side(theirs)).count
    back = align(side(theirs), side(ours)).count
    count = len(align(side(ours), side(theirs)).left)
    one = there(0, count)
    assert one.same + one.changed + one.left == len(ours)
    assert one.same + one.changed + one.right == len(theirs)
    other = back(0, len(align(side(theirs), side(ours)).left))
    assert other.same + other.changed + other.right == len(ours)


@given(forests(), forests())
def test_a_pair_without_a_difference_has_equal_facts_and_one_with_has_not(
    ours: list[Node], theirs: list[Node]
) -> None:
    left, right = side(ours), side(theirs)
    aligned = align(left, right)
    for line, (one, two) in enumerate(both(aligned)):
        if aligned.is_alone(line):
            continue
        told = aligned.differ[line] | aligned.untold[line]
        assert (left.facts[one] == right.facts[two]) is not bool(told)


def test_twenty_thousand_nodes_of_the_worst_forms_take_seconds_at_most() -> None:
    chance = random.Random(1)
    forms = {
        "flat": [ROOT, *[0] * 19_999],
        "chain": [ROOT, *range(19_999)],
        "wide": [ROOT, *((at - 1) // 100 for at in range(1, 20_000))],
    }
    for parents in forms.values():
        trees = [
            side([(parent, chance.choice("xy"), chance.choice("12")) for parent in parents])
            for _ in range(2)
        ]
        begun = time.process_time()
        aligned = align(*trees)
        assert time.process_time() - begun < SECONDS
        assert sum(row != NOBODY for row in aligned.left) == 20_000


def test_siblings_that_are_too_many_alike_are_counted() -> None:
    chance = random.Random(1)
    trees = [
        side([(ROOT, "x", None), *((0, chance.choice("xy"), None) for _ in range(200))])
        for _ in range(2)
    ]
    assert align(*trees).by_order == 0
    assert align(*trees, weighed_at_most=100).by_order > 0
