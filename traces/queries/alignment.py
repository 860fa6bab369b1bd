"""The trees of two runs, aligned, and kept for the next asker.

Aligning two trees of a hundred thousand nodes takes a second or two beside reading them. A few alignments are kept per
process, each as of the last entry of either run. Where a run grows and people look on, the kept one of two large trees
stands for a while, as `traces.queries.columns` has it.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from traces.analytics.aligned_tree import NOBODY, Aligned
from traces.analytics.first_divergence import Divergence, Moments, find_divergence
from traces.analytics.tree import row_of
from traces.analytics.two_trees import Side, align
from traces.models import Run
from traces.queries.access import NotVisible
from traces.queries.amounts import add_known
from traces.queries.columns import RESTS, Tree, read_tree
from traces.queries.turns import take_turn

KEPT_LINES = 400_000
"""Lines of all kept alignments together. Each holds its two trees too: about 1.5 kB a line."""
MANY_NODES = 40_000
"""Of both runs together; they are read and aligned in about a second."""
NODES_AT_MOST = 500_000
"""Of both runs together. A million and a hundred thousand took 1.2 GB, and held up all others for two minutes."""
ERROR = 1
"""The flag of a node that failed with an error; see `traces.queries.columns`."""
SEED = secrets.randbits(62)
"""What texts are hashed with: who writes them does not know it, so no two of theirs are made to look the same."""


def _hashed(expression: str) -> str:
    return f"hashtextextended({expression}, {SEED})"


WHAT = _hashed("concat_ws(chr(31), node.kind, coalesce(node.name, ''), coalesce(node.tool, ''))")
ANSWER = _hashed("coalesce(told.normalised, node.answer)")
# Numbers in place of texts: a tenth of the bytes, and compared as quickly.
CONTENTS = f"""
SELECT node.ordinal,
  {WHAT}, {_hashed("node.model")}, {_hashed("node.preview")}, {ANSWER},
  {_hashed("node.error")}, coalesce(node.value, node.fate_value), node.ended_ns, node.changed_seq,
  nullif(node.fate_at, 0), nullif(node.verdict_at, 0), {_hashed("node.call_key")}
FROM traces_node node
LEFT JOIN traces_candidate told ON told.run_id = node.run_id AND told.node_id = node.node_id
WHERE node.run_id = %s AND node.ordinal <= %s ORDER BY node.ordinal"""  # noqa: S608 - a number of our own is put in


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What nodes say and are, as numbers per row that are equal where the texts are; None where there is no text."""

    what: Sequence[int]
    model: Sequence[int | None]
    text: Sequence[int | None]
    answer: Sequence[int | None]
    error: Sequence[int | None]
    value: Sequence[float | None]
    ended_ns: Sequence[int | None]
    changed_seq: Sequence[int]
    decided_ns: Sequence[int | None]
    judged_ns: Sequence[int | None]
    call: Sequence[int | None]


class AlignedRuns:
    """Two runs' trees, how they are aligned, and where they part first. `left` and `right` are as of their `seq`."""

    def __init__(self, left: Tree, right: Tree, *, by_calls: bool = False) -> None:
        begun = time.monotonic()
        self.left = left
        self.right = right
        self.aligned: Aligned = align(
            _side(left, by_calls=by_calls), _side(right, by_calls=by_calls)
        )
        self.divergence: Divergence | None = find_divergence(
            self.aligned, _moments(left), _moments(right)
        )
        self.made_at = time.monotonic()
        self.took = self.made_at - begun

    @cached_property
    def _line_of_left(self) -> dict[int, int]:
        return self.aligned.of_left()

    @cached_property
    def _line_of_right(self) -> dict[int, int]:
        return self.aligned.of_right()

    def name_of(self, line: int) -> str:
        """Return what a line is called in addresses: "12-15", "12-" or "-15", the ordinals of its nodes."""
        rows = (self.left, self.aligned.left[line]), (self.right, self.aligned.right[line])
        return "-".join(
            "" if row == NOBODY else str(tree.columns.ordinal[row]) for tree, row in rows
        )

    def find_line(self, left: int | None, right: int | None) -> int:
        """Return the line of a node, the left one's where both are named. Raises NotVisible.

        A pair may have been parted since somebody was told of it; its nodes are still there.
        """
        for tree, ordinal, lines in (
            (self.left, left, self._line_of_left),
            (self.right, right, self._line_of_right),
        ):
            row = None if ordinal is None else row_of(tree.columns.ordinal, ordinal)
            if row is not None:
                return lines[row]
        raise NotVisible


Pair = tuple[uuid.UUID, uuid.UUID]
_kept: OrderedDict[Pair, AlignedRuns] = OrderedDict()
_lock = threading.Lock()


class TooLarge(Exception):
    """Two trees that have more than `NODES_AT_MOST` nodes together."""


def read_alignment(left: Run, right: Run) -> AlignedRuns:
    """Return the alignment of two runs that the caller may see; of large ones that grow, one that may lag a little.

    Raises TooLarge.
    """
    if left.nodes + right.nodes > NODES_AT_MOST:
        raise TooLarge
    key = left.pk, right.pk
    with take_turn(("alignment", key)):
        trees = read_tree(left), read_tree(right)
        kept = _kept_alignment(key)
        if kept is not None:
            is_current = kept.left is trees[0] and kept.right is trees[1]
            if is_current or _rests(kept):
                return kept
        return _keep(key, AlignedRuns(*trees, by_calls=_are_kin(left, right)))


def _are_kin(left: Run, right: Run) -> bool:
    """Whether one of two runs replays the other, or both the same."""
    names = [str(run.pk) for run in (left, right)]
    told = [run.replay_of for run in (left, right)]
    return told[1] == names[0] or told[0] == names[1] or (told[0] == told[1] is not None)


def takes_long(left: Run, right: Run) -> bool:
    """Return True when aligning two runs would take longer than people like to look at nothing."""
    is_long = MANY_NODES < left.nodes + right.nodes <= NODES_AT_MOST
    return is_long and _kept_alignment((left.pk, right.pk)) is None


def _kept_alignment(key: Pair) -> AlignedRuns | None:
    with _lock:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
        return kept


def _keep(key: Pair, made: AlignedRuns) -> AlignedRuns:
    with _lock:
        _kept[key] = made
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(map(_lines, _kept.values())) > KEPT_LINES:
            _kept.popitem(last=False)
    return made


def _lines(kept: AlignedRuns) -> int:
    return len(kept.aligned.left)


def _rests(kept: AlignedRuns) -> bool:
    is_large = kept.left.is_large or kept.right.is_large
    return is_large and time.monotonic() - kept.made_at < RESTS * kept.took


def _side(tree: Tree, *, by_calls: bool) -> Side:
    columns, contents = tree.columns, tree.derive(_read_contents)
    tokens = [add_known(pair) for pair in zip(columns.input, columns.output, strict=True)]
    facts: list[tuple[Hashable, ...]] = list(
        zip(
            contents.what,
            contents.model,
            contents.text,
            contents.answer,
            zip(columns.fate, columns.reason, strict=True),
            columns.verdict,
            [
                (flags & ERROR, error)
                for flags, error in zip(columns.flags, contents.error, strict=True)
            ],
            contents.value,
            tokens,
            columns.cost,
            strict=True,
        )
    )
    told = zip(contents.what, contents.text, contents.answer, strict=True)
    says = [None if text is None and answer is None else (what, text, answer)
            for what, text, answer in told]  # fmt: skip
    calls = _calls(tree, contents) if by_calls else None
    return Side(shape=tree.shape, facts=facts, keys=[says, contents.what], calls=calls)


def _calls(tree: Tree, contents: Contents) -> list[Hashable]:
    """Return the key of each node's call, else with what it is that of the first call below it; None without any."""
    first: list[int | None] = list(contents.call)
    below: list[Hashable] = list(contents.call)
    for row in reversed(tree.shape.order):
        above = tree.shape.parent[row]
        if above >= 0 and contents.call[above] is None and first[row] is not None:
            # In reverse pre-order the first child comes last, and has the last word.
            first[above] = first[row]
            below[above] = (contents.what[above], first[row])
    return below


def _read_contents(tree: Tree) -> Contents:
    with connection.cursor() as cursor:
        cursor.execute(CONTENTS, [tree.run_id, tree.seq])
        found = cursor.fetchall()
    if len(found) != len(tree.columns.ordinal):
        # The run was rebuilt since: what is not there any more says nothing.
        by_ordinal = {values[0]: values for values in found}
        nothing: tuple[Any, ...] = (0, 0, *[None] * 6, 0, None, None, None)
        found = [by_ordinal.get(ordinal, nothing) for ordinal in tree.columns.ordinal]
    columns = list(zip(*found, strict=True)) or [()] * 12
    return Contents(**dict(zip(Contents.__slots__, columns[1:], strict=True)))


def _moments(tree: Tree) -> Moments:
    """Return when nodes began and were over: by the source's clock where all tell their start, else by the ledger."""
    starts = [each for each in tree.columns.started_ns if each is not None]
    contents = tree.derive(_read_contents)
    if len(starts) < len(tree.columns.ordinal):
        seq = contents.changed_seq
        return Moments(begun=tree.columns.ordinal, over=seq, decided=seq, judged=seq)
    over = _ends(tree, starts, contents.ended_ns)
    return Moments(
        begun=starts,
        over=over,
        decided=_else(contents.decided_ns, over),
        judged=_else(contents.judged_ns, over),
    )


def _else(moments: Sequence[int | None], others: Sequence[int]) -> list[int]:
    return [other if at is None else at for at, other in zip(moments, others, strict=True)]


def _ends(tree: Tree, starts: Sequence[int], ends: Sequence[int | None]) -> list[int]:
    """Return when each node was over: where none says so, when the last of what hangs under it was."""
    over = [start if end is None else end for start, end in zip(starts, ends, strict=True)]
    for row in reversed(tree.shape.order):
        above = tree.shape.parent[row]
        if above >= 0 and ends[above] is None:
            over[above] = max(over[above], over[row])
    return over
