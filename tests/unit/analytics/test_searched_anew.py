"""A narrower search, cut out of a recorded one, is what the search itself would have done, wherever it is known."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.narrower_search import TOP, State, cut_anew

DEPTH = 3
values = st.lists(st.one_of(st.none(), st.integers(0, 4).map(float)), min_size=1, max_size=3)


@dataclass(frozen=True, slots=True)
class Tree:
    """All that could be generated, level by level: the parent of each state, and its value."""

    levels: list[list[tuple[int, float | None]]]

    def search(
        self, width: int, threshold: float | None
    ) -> tuple[list[list[int]], list[tuple[int, int]]]:
        """Return which states are kept on each level, best first, and all that were generated, as (level, place)."""
        kept: list[list[int]] = []
        made: list[tuple[int, int]] = []
        for level, states in enumerate(self.levels):
            above = {TOP} if level == 0 else set(kept[-1])
            here = [place for place, (parent, _) in enumerate(states) if parent in above]
            made += [(level, place) for place in here]
            enough = [each for each in here if _reaches(states[each][1], threshold)]
            kept.append(sorted(enough, key=lambda each: _loss(states[each][1]))[:width])
        return kept, made


def _loss(value: float | None) -> float:
    return float("inf") if value is None else -value


def _reaches(value: float | None, threshold: float | None) -> bool:
    return threshold is None or (value is not None and value >= threshold)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    levels: list[list[tuple[int, float | None]]] = []
    for level in range(DEPTH):
        parents = [TOP] if level == 0 else range(len(levels[-1]))
        levels.append([(parent, value) for parent in parents for value in draw(values)])
    return Tree(levels)


@given(trees(), st.integers(1, 3), st.integers(1, 3), st.one_of(st.none(), st.integers(0, 4)))
def test_it_works(tree: Tree, recorded: int, narrower: int, threshold: int | None) -> None:
    """The recording is that of a beam; asked is any other beam, and any threshold, of the same tree."""
    kept, made = tree.search(recorded, None)
    place_of = {each: at for at, each in enumerate(made)}
    states = []
    for level, place in made:
        parent, value = tree.levels[level][place]
        above = TOP if level == 0 else place_of[level - 1, parent]
        states.append(State(parent=above, value=value, was_cut=place not in kept[level]))
    found = cut_anew(states, width=narrower, threshold=threshold)
    wanted, visited = tree.search(narrower, threshold)
    if found.unknown:
        assert found.returned is None
        assert (
            narrower > 1 or threshold is not None or recorded < narrower or len(made) > len(visited)
        )
        return
    levels = [[place_of[level, place] for place in each] for level, each in enumerate(wanted)]
    assert found.kept == [each for each in levels if each] + [[]] * (
        len(found.kept) - sum(map(bool, levels))
    )
    assert found.visited == sorted(place_of[each] for each in visited)
    last = levels[-1]
    assert found.returned == (last[0] if last else None)
