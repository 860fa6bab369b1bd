"""Some lines of two aligned trees at a time: differences open, what is the same folded and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from traces.analytics.aligned_tree import NOBODY, Tally
from traces.analytics.two_trees import Fact
from traces.queries.access import NotVisible
from traces.queries.alignment import AlignedRuns
from traces.queries.columns import Tree
from traces.queries.rows import read_rows
from traces.queries.tree_row import TreeRow

LINES_AT_MOST = 100
"""A page of them is some 3,000 elements."""
FOLD_FROM = 4
"""Branches in a row that are the same become one line; fewer are shown."""


class LineKind(StrEnum):
    """What a line is."""

    SAME = "same"
    """A pair without a difference."""
    CHANGED = "changed"
    """A pair that differs."""
    LEFT = "left"
    """A node of the first run alone."""
    RIGHT = "right"
    """A node of the second run alone."""
    FOLD = "fold"
    """Some branches in a row that are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `name` and `last` are how addresses call it, and the last branch of a fold. `level` is from 1.

    `branches` are those of a fold, `lines` all that it stands for with what is below; `below` tells of what is under
    it.
    """

    kind: LineKind
    name: str
    last: str
    level: int
    left: TreeRow | None
    right: TreeRow | None
    differ: tuple[Fact, ...]
    untold: tuple[Fact, ...]
    branches: int
    lines: int
    below: Tally
    is_open: bool

    @property
    def is_parent(self) -> bool:
        """Whether something hangs under it."""
        return self.lines > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Some lines, and the name of the next one, if any: `more` lines come from there to the end of what was asked."""

    items: list[Line]
    next: str | None
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is asked for, by names of lines: all below `inside`, from `start` on, to the end of the branch `last`."""

    inside: str | None = None
    start: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A line to be shown: where it is, where it ends, how many branches it stands for, and whether it is open."""

    at: int
    end: int
    branches: int = 1
    is_open: bool = False


def list_lines(runs: AlignedRuns, stretch: Stretch, *, only_differences: bool = False) -> Lines:
    """Return the first lines of a stretch, at most `LINES_AT_MOST`. Raises NotVisible for names of no line."""
    start, begin, end = _bounds(runs, stretch)
    walk = _walk(runs, start, begin, end, only_differences=only_differences)
    places: list[_Place] = []
    for place in walk:
        if len(places) == LINES_AT_MOST:
            return Lines(
                items=_dressed(runs, places), next=runs.name_of(place.at), more=end - place.at
            )
        places.append(place)
    return Lines(items=_dressed(runs, places), next=None, more=0)


def list_differences(runs: AlignedRuns, *, after: str | None, limit: int) -> Lines:
    """Return the lines that differ, in order, after the line with this name. Raises NotVisible."""
    count = len(runs.aligned.left)
    begin = 0 if after is None else find_line(runs, after) + 1
    found = [line for line in range(begin, count) if runs.aligned.is_parted(line)]
    places = [_Place(line, line + runs.aligned.size[line]) for line in found[:limit]]
    has_more = len(found) > limit
    return Lines(
        items=_dressed(runs, places),
        next=runs.name_of(found[limit - 1]) if has_more else None,
        more=max(0, len(found) - limit),
    )


def get_line(runs: AlignedRuns, line: int) -> Line:
    """Return one line."""
    return _dressed(runs, [_Place(line, line + runs.aligned.size[line])])[0]


def list_path(runs: AlignedRuns, name: str) -> list[Line]:
    """Return the lines above a line and itself, from the root down. Raises NotVisible."""
    line = find_line(runs, name)
    path, level = [line], runs.aligned.depth[line]
    for at in range(line, -1, -1):
        if runs.aligned.depth[at] < level:
            path.append(at)
            level = runs.aligned.depth[at]
        if level == 0 or len(path) == LINES_AT_MOST:
            break
    places = [_Place(at, at + runs.aligned.size[at]) for at in reversed(path)]
    return _dressed(runs, places)


def find_line(runs: AlignedRuns, name: str) -> int:
    """Return the line with this name. Raises NotVisible."""
    left, _, right = name.partition("-")
    return runs.find_line(_ordinal(left), _ordinal(right))


def _ordinal(word: str) -> int | None:
    if word and not (word.isascii() and word.isdecimal() and len(word) <= 18):
        raise NotVisible
    return int(word) if word else None


def _bounds(runs: AlignedRuns, stretch: Stretch) -> tuple[int, int, int]:
    """Return where the whole stretch begins, where to begin in it, and its end."""
    size = runs.aligned.size
    start, end = 0, len(size)
    if stretch.inside is not None:
        above = find_line(runs, stretch.inside)
        start, end = above + 1, above + size[above]
    begin = start
    if stretch.start is not None:
        begin = min(max(start, find_line(runs, stretch.start)), end)
    if stretch.last is not None:
        last = find_line(runs, stretch.last)
        start, end = begin, max(begin, min(end, last + size[last]))
    return start, begin, end


def _walk(
    runs: AlignedRuns, start: int, begin: int, end: int, *, only_differences: bool
) -> Iterator[_Place]:
    size = runs.aligned.size
    if not _has_two_sorts(runs, start, end):
        # All the same, or all of one side: there is nothing to open it for, and somebody asked to see it.
        at = begin
        while at < end:
            yield _Place(at, at + size[at])
            at += size[at]
        return
    at = begin
    while at < end:
        stop = at + size[at]
        is_same = _is_same(runs, at)
        if is_same:
            stop, branches = _run_of_same(runs, at, end)
            if not only_differences:
                yield from _folded(runs, at, stop, branches)
        elif runs.aligned.is_alone(at) or not runs.aligned.count(at + 1, stop).parted:
            yield _Place(at, stop)
        else:
            yield _Place(at, stop, is_open=True)
            stop = at + 1
        at = stop


def _has_two_sorts(runs: AlignedRuns, start: int, end: int) -> bool:
    tally, count = runs.aligned.count(start, end), end - start
    return count not in (tally.same, tally.left, tally.right)


def _is_same(runs: AlignedRuns, line: int) -> bool:
    return not runs.aligned.count(line, line + runs.aligned.size[line]).parted


def _run_of_same(runs: AlignedRuns, at: int, end: int) -> tuple[int, int]:
    depth, size = runs.aligned.depth, runs.aligned.size
    level, branches, stop = depth[at], 1, at + size[at]
    while stop < end and depth[stop] == level and _is_same(runs, stop):
        stop += size[stop]
        branches += 1
    return stop, branches


def _folded(runs: AlignedRuns, at: int, stop: int, branches: int) -> Iterator[_Place]:
    if branches >= FOLD_FROM:
        yield _Place(at, stop, branches)
        return
    while at < stop:
        yield _Place(at, at + runs.aligned.size[at])
        at += runs.aligned.size[at]


def _dressed(runs: AlignedRuns, places: Sequence[_Place]) -> list[Line]:
    aligned = runs.aligned
    ours = _rows(runs.left, [aligned.left[place.at] for place in places])
    theirs = _rows(runs.right, [aligned.right[place.at] for place in places])
    return [
        _line(runs, place, ours.get(aligned.left[place.at]), theirs.get(aligned.right[place.at]))
        for place in places
    ]


def _rows(tree: Tree, rows: Sequence[int]) -> dict[int, TreeRow]:
    found = read_rows(tree, [row for row in rows if row != NOBODY])
    return {tree.row_by_node[row.node_id]: row for row in found}


def _line(runs: AlignedRuns, place: _Place, left: TreeRow | None, right: TreeRow | None) -> Line:
    aligned = runs.aligned
    last = place.at
    while last + aligned.size[last] < place.end:
        last += aligned.size[last]
    return Line(
        kind=_kind(runs, place),
        name=runs.name_of(place.at),
        last=runs.name_of(last),
        level=aligned.depth[place.at] + 1,
        left=left,
        right=right,
        differ=tuple(fact for fact in Fact if fact & aligned.differ[place.at]),
        untold=tuple(fact for fact in Fact if fact & aligned.untold[place.at]),
        branches=place.branches,
        lines=place.end - place.at,
        below=aligned.count(min(place.at + 1, place.end), place.end),
        is_open=place.is_open,
    )


def _kind(runs: AlignedRuns, place: _Place) -> LineKind:
    if place.branches > 1:
        return LineKind.FOLD
    if runs.aligned.right[place.at] == NOBODY:
        return LineKind.LEFT
    if runs.aligned.left[place.at] == NOBODY:
        return LineKind.RIGHT
    return LineKind.CHANGED if runs.aligned.differ[place.at] else LineKind.SAME
