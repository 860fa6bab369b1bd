"""A recorded search, cut anew: another beam width or threshold, as far as the recording reaches. Pure.

Breadth first, as Yao et al. 2023, "Tree of Thoughts" (arXiv 2305.10601), algorithm 1: of all that is generated on a
level from the states kept on the level before, the `width` of greatest value are kept, of equal values those generated
first; with a threshold, only those that reach it. A state without a value comes last, and reaches no threshold. What
the search left out was never continued: where the new cut would keep it, what follows is not known, and is counted as
`unknown`, never guessed. With a smaller width that happens rarely; with a greater one nearly always.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

TOP = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A generated state. `parent` is its place among the states, TOP for the first level.

    `was_cut`: the search did not go on from it.
    """

    parent: int
    value: float | None
    was_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What is left: `kept` places of each level, best first; `visited` what was generated for it, in order.

    `unknown` are kept states, not of the last level, whose continuation was not recorded. `returned` is the best of the
    last level, None where nothing reaches it; it stands only where nothing is unknown.
    """

    kept: list[list[int]]
    visited: list[int]
    unknown: list[int]
    returned: int | None


def cut_anew(states: Sequence[State], *, width: int | None, threshold: float | None = None) -> Cut:
    """Return the search with another cut; states come in the order in which they were generated.

    Raises ValueError for a width below 1.
    """
    if width is not None and width < 1:
        raise ValueError(f"no beam of {width} states")
    below: defaultdict[int, list[int]] = defaultdict(list)
    for place, state in enumerate(states):
        below[state.parent].append(place)
    depth = _depth(states)
    kept: list[list[int]] = []
    visited: list[int] = []
    unknown: list[int] = []
    level = below[TOP]
    while level:
        visited += level
        left = _best(states, level, width, threshold)
        kept.append(left)
        if len(kept) < depth:
            unknown += [each for each in left if states[each].was_cut and not below[each]]
        level = sorted(child for each in left for child in below[each])
    has_ended = len(kept) == depth and bool(kept) and bool(kept[-1])
    return Cut(
        kept=kept,
        visited=sorted(visited),
        unknown=unknown,
        returned=kept[-1][0] if has_ended and not unknown else None,
    )


def _best(
    states: Sequence[State], level: Sequence[int], width: int | None, threshold: float | None
) -> list[int]:
    def loss(place: int) -> float:
        value = states[place].value
        return float("inf") if value is None else -value

    enough = [
        each
        for each in level
        if threshold is None or ((value := states[each].value) is not None and value >= threshold)
    ]
    return sorted(enough, key=loss)[:width]


def _depth(states: Sequence[State]) -> int:
    depths: list[int] = []
    for state in states:
        depths.append(1 if state.parent == TOP else depths[state.parent] + 1)
    return max(depths, default=0)
