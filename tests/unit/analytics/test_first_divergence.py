"""Where two runs part: in the order of time of each, by what was said and done, and not by what it cost."""

from __future__ import annotations

from collections.abc import Hashable

from traces.analytics.aligned_tree import Aligned
from traces.analytics.first_divergence import Divergence, Moments, find_divergence
from traces.analytics.tree import ROOT, lay_out
from traces.analytics.two_trees import Side, align


def side(*texts: str, tokens: int | None = None, kind: str = "x") -> Side:
    """A root with children that say this, one after the other."""
    shape = lay_out(range(len(texts) + 1), [ROOT, *[0] * len(texts)], [None] * (len(texts) + 1))
    facts: list[tuple[Hashable, ...]] = [
        (kind, None, text, None, "open", None, False, None, tokens, None) for text in ("q", *texts)
    ]
    return Side(shape=shape, facts=facts, keys=[[told[2] for told in facts], [kind] * len(facts)])


def clock(count: int, pace: int = 10) -> Moments:
    """One after the other; the root is over last."""
    begun = [at * pace for at in range(count)]
    over = [count * pace, *(at + pace - 1 for at in begun[1:])]
    return Moments(begun=begun, over=over, decided=over, judged=over)


def divergence(ours: Side, theirs: Side, *, pace: int = 10) -> tuple[Aligned, Divergence | None]:
    aligned = align(ours, theirs)
    moments = clock(len(ours.facts)), clock(len(theirs.facts), pace)
    return aligned, find_divergence(aligned, *moments)


def test_it_works() -> None:
    aligned, found = divergence(side("a", "b", "c"), side("a", "x", "y"))
    assert found == Divergence(left=2, right=2, alike=2)
    assert (aligned.left[2], aligned.right[2]) == (2, 2)


def test_a_slower_run_is_no_other_one() -> None:
    assert divergence(side("a", "b"), side("a", "b"), pace=1000)[1] is None


def test_what_one_has_more_parts_them_where_it_begins() -> None:
    aligned, found = divergence(side("a", "b"), side("a", "b", "c"))
    assert found is not None
    assert (found.left, found.alike) == (None, 3)
    assert aligned.right[found.right or 0] == 3


def test_each_went_on_with_something_of_its_own() -> None:
    ours, theirs = side("a", "b"), side("a", "x", kind="y")
    aligned, found = divergence(ours, theirs)
    assert found is not None
    assert (aligned.left[found.left or 0], aligned.right[found.right or 0]) == (1, 1)


def test_amounts_alone_part_nobody() -> None:
    aligned, found = divergence(side("a", tokens=3), side("a", tokens=4))
    assert aligned.count(0, 2).changed == 2
    assert found is None


def test_what_begins_at_one_moment_was_not_before_it() -> None:
    aligned = align(side("a", "b"), side("a", "c"))
    at_once = Moments(begun=[0] * 3, over=[0] * 3, decided=[0] * 3, judged=[0] * 3)
    found = find_divergence(aligned, at_once, at_once)
    assert found == Divergence(left=2, right=2, alike=0)


def test_a_fate_parts_them_when_it_was_decided_and_a_value_never_does() -> None:
    ours, theirs = side("a", "b"), side("a", "b")
    for at, (fate, value) in enumerate((("open", 0.5), ("kept", 0.5), ("open", 0.25))):
        told = list(theirs.facts[at])
        told[4], told[7] = fate, value
        theirs.facts[at] = tuple(told)  # type: ignore[index]
    aligned = align(ours, theirs)
    late = Moments(begun=[0, 1, 2], over=[9, 1, 2], decided=[9, 7, 2], judged=[9, 1, 2])
    found = find_divergence(aligned, late, late)
    assert found is not None
    assert (found.left, found.right) == (1, 1)
    assert find_divergence(align(ours, ours), late, late) is None
