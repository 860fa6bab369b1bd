"""When the nodes of a run went on, which at the same time, and when none did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from deliberation.vocabulary import Fate
from traces.analytics.lanes import Gap, colour, find_gaps
from traces.analytics.rolling_up import Chosen, choose_rows, merge_groups
from traces.analytics.tree import ROOT
from traces.models import Node
from traces.queries.access import Who, see_run
from traces.queries.columns import Tree, read_tree
from traces.queries.ends import read_ends

BARS_AT_MOST = 10_000
GROUPS_AT_MOST = 24
"""Bars of several nodes. Each is as long as all that it stands for, so many of them would be a wall."""
GAP_SHARE = 50
"""A gap is told where it is at least this part of the whole time."""
RUNNING = 2
SEVERAL = "several"

Spans = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A node, or `count` nodes under one parent together; times in ns since the timeline's start.

    `lacks_end` says that no end is known: it ends where it began, or goes on until the last thing known of the run.
    """

    ordinal: int | None
    name: str
    kind: str
    fate: str
    start: int
    end: int
    count: int
    lacks_end: bool
    lane: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Bars by start, in `lanes` lanes, those of several nodes in the last ones. `untimed` nodes name no start.

    `start_ns` is in ns since 1970, `length` and the gaps in ns since then.
    """

    start_ns: int
    length: int
    bars: list[Bar]
    lanes: int
    gaps: list[Gap]
    untimed: int


def get_timeline(
    *, who: Who, run_id: str | uuid.UUID, bars_at_most: int = BARS_AT_MOST
) -> Timeline:
    """Return the timeline of a run. Raises NotVisible.

    Where there are too many nodes, those of the upper levels are shown, the longest first; what hangs under one parent
    besides is one bar from their first start to their last end, and counted.
    """
    tree = read_tree(see_run(who, run_id))
    timed = _Timed(tree, *_read_spans(tree))
    untimed = len(tree.shape.order) - len(timed.spans)
    if not timed.spans:
        return Timeline(start_ns=0, length=0, bars=[], lanes=0, gaps=[], untimed=untimed)
    bars = timed.bars(choose_rows(tree.shape, bars_at_most, timed.length_of))
    return Timeline(
        start_ns=timed.start,
        length=timed.length,
        bars=bars,
        lanes=max(bar.lane for bar in bars) + 1,
        gaps=timed.gaps(),
        untimed=untimed,
    )


def _read_spans(tree: Tree) -> tuple[Spans, set[int]]:
    """Return when each row with a start went on, and which of them tell no end.

    What goes on still, does so until the last time that is known of the run; what is over and tells no end, ends where
    it began.
    """
    ends = read_ends(tree.run_id)
    columns = tree.columns
    starts = {row: start for row, start in enumerate(columns.started_ns) if start is not None}
    last = max((*starts.values(), *ends.values()), default=0)
    spans, unended = {}, set()
    for row, start in starts.items():
        end = ends.get(columns.ordinal[row])
        if end is None:
            unended.add(row)
            end = last if columns.flags[row] & RUNNING else start
        spans[row] = (start, max(start, end))
    return spans, unended


class _Timed:
    """Makes the bars of a tree whose rows went on at these times."""

    def __init__(self, tree: Tree, spans: Spans, unended: set[int]) -> None:
        self._tree = tree
        self._unended = unended
        self.spans = spans
        self.start = min((start for start, _ in spans.values()), default=0)
        self.length = max((end for _, end in spans.values()), default=0) - self.start

    def length_of(self, row: int) -> int:
        """Return how long a row went on, -1 where that is not known."""
        start, end = self.spans.get(row, (0, -1))
        return end - start

    def gaps(self) -> list[Gap]:
        """Return when nothing went on that is not merely the sum of what hangs under it."""
        size = self._tree.shape.size
        work = [span for row, span in self.spans.items() if size[row] == 1]
        found = find_gaps(work or self.spans.values(), max(1, self.length // GAP_SHARE))
        return [Gap(gap.start - self.start, gap.end - self.start) for gap in found]

    def bars(self, chosen: Chosen) -> list[Bar]:
        """Return the bars by start: nodes in their lanes, and what stands together in lanes below them."""
        names = self._names(chosen)
        alone = [self._bar(row, names) for row in chosen.shown if row in self.spans]
        together = []
        for group in merge_groups(self._tree.shape, chosen.rolled, GROUPS_AT_MOST):
            rows = [each for top in group.rows for each in self._below(top) if each in self.spans]
            if rows:
                together.append(self._together(group.parent, rows))
        lanes = colour([(bar.start, bar.end) for bar in alone])
        below = max(lanes, default=-1) + 1
        lanes += [below + at for at in range(len(together))]
        bars = [
            replace(bar, lane=lane) for bar, lane in zip((*alone, *together), lanes, strict=True)
        ]
        return sorted(bars, key=lambda bar: (bar.start, bar.lane))

    def _bar(self, row: int, names: dict[str, str]) -> Bar:
        columns, (start, end) = self._tree.columns, self.spans[row]
        return Bar(
            ordinal=columns.ordinal[row],
            name=names.get(columns.node_id[row], columns.kind[row]),
            kind=columns.kind[row],
            fate=columns.fate[row],
            start=start - self.start,
            end=end - self.start,
            count=1,
            lacks_end=row in self._unended,
        )

    def _together(self, parent: int, rows: list[int]) -> Bar:
        columns = self._tree.columns
        fates = {columns.fate[row] for row in rows}
        return Bar(
            ordinal=None if parent == ROOT else columns.ordinal[parent],
            name=f"{len(rows):,} more",
            kind=SEVERAL,
            fate=fates.pop() if len(fates) == 1 else Fate.OPEN.value,
            start=min(self.spans[row][0] for row in rows) - self.start,
            end=max(self.spans[row][1] for row in rows) - self.start,
            count=len(rows),
            lacks_end=False,
        )

    def _below(self, row: int) -> Sequence[int]:
        shape = self._tree.shape
        return shape.order[shape.place[row] : shape.place[row] + shape.size[row]]

    def _names(self, chosen: Chosen) -> dict[str, str]:
        ids = [self._tree.columns.node_id[row] for row in chosen.shown]
        found = Node.objects.filter(run_id=self._tree.run_id, node_id__in=ids)
        names = found.values_list("node_id", "name", "preview", "kind")
        return {node_id: name or preview or kind for node_id, name, preview, kind in names}
