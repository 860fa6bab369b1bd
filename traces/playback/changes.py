"""What each entry of a ledger changed, as columns of numbers: the whole of playback for a browser.

Three sorts of columns. Of each *entry*: when it happened, which node it speaks of, its kind, what sort of decision it
is. Of each *change of a node*: the row that the node has from that entry on, whole, in the columns of the tree's bones;
also where nothing in it is new, for a text or a number of the node may be. Of each *track*, something that the run as a
whole has: its value from an entry on, where that differs from the one before. The state at n is, of each, the last that
is not later than n.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from traces.playback.words import Words

UNKNOWN = -(2**63)
"""Stands for null in a column of 64-bit numbers."""
FARTHEST = 2**62
NODE_COLUMNS = ("ordinal", "parent", "start", "kind", "fate", "reason", "verdict", "verifier", "cost",
                "tokens", "flags")  # fmt: skip
ENTRY_COLUMNS = ("at", "node", "kind", "mark")
TABLES = ("kind", "fate", "reason", "verdict", "verifier", "entry", "mark", "state", "rule")

Value = int | float | None


class Track:
    """One value of the run, by the entries at which it changed."""

    __slots__ = ("seqs", "values")

    def __init__(self) -> None:
        self.seqs: array[int] = array("q")
        self.values: list[Value] = []

    def between(self, after: int, until: int) -> dict[str, list[Any]] | None:
        """Return the changes of the entries (after, until], None where there are none."""
        low, high = bisect_right(self.seqs, after), bisect_right(self.seqs, until)
        if low == high:
            return None
        return {"seq": self.seqs[low:high].tolist(), "value": self.values[low:high]}


def _columns(names: Sequence[str]) -> dict[str, array[int]]:
    return {name: array("q") for name in names}


@dataclass(slots=True)
class Changes:
    """The changes of the entries 0 … `size` - 1 of one run. About a hundred bytes each."""

    size: int = 0
    entries: dict[str, array[int]] = field(default_factory=lambda: _columns(ENTRY_COLUMNS))
    nodes: dict[str, array[int]] = field(default_factory=lambda: _columns(("seq", *NODE_COLUMNS)))
    tracks: dict[str, Track] = field(default_factory=dict)
    names: dict[str, Words] = field(default_factory=lambda: {each: Words() for each in TABLES})
    _known: dict[str, Value] = field(default_factory=dict)
    _rows: list[array[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows = [self.nodes[name] for name in NODE_COLUMNS]

    def note_entry(self, values: Sequence[int | None]) -> None:
        """Keep what an entry is; entries come in order, each once."""
        for column, value in zip(self.entries.values(), values, strict=True):
            column.append(UNKNOWN if value is None else _bounded(value))
        self.size += 1

    def note_node(self, seq: int, row: Sequence[int | None]) -> None:
        """Keep the row that a node has from an entry on; the same one again where something else of it is new."""
        self.nodes["seq"].append(seq)
        for column, value in zip(self._rows, row, strict=True):
            column.append(UNKNOWN if value is None else _bounded(value))

    def note_run(self, seq: int, values: Mapping[str, Value]) -> None:
        """Keep what the run as a whole has from an entry on."""
        known = self._known
        for name, value in values.items():
            if known.get(name) == value:
                continue
            known[name] = value
            track = self.tracks.get(name)
            if track is None:
                track = self.tracks[name] = Track()
            track.seqs.append(seq)
            track.values.append(value)

    def portion(self, *, after: int, limit: int, last: int) -> bytes:
        """Return at most `limit` entries after a seq as JSON; `last` is the seq of the ledger's last one."""
        until = min(after + limit, self.size - 1)
        low, high = (bisect_right(self.nodes["seq"], seq) for seq in (after, until))
        tracks = {name: track.between(after, until) for name, track in self.tracks.items()}
        return orjson.dumps(
            {
                "after": after,
                "seq": max(after, until),
                "last": last,
                "names": {name: table.listed for name, table in self.names.items()},
                "entries": _cut(self.entries, after + 1, until + 1),
                "nodes": _cut(self.nodes, low, high),
                "tracks": {name: found for name, found in tracks.items() if found},
            }
        )


def _cut(columns: Mapping[str, array[int]], low: int, high: int) -> dict[str, list[int | None]]:
    return {
        name: [None if value == UNKNOWN else value for value in column[low:high]]
        for name, column in columns.items()
    }


def _bounded(value: int) -> int:
    return value if -FARTHEST < value < FARTHEST else FARTHEST if value > 0 else -FARTHEST
