"""The timeline for the browser's canvas: columns of bars in microseconds, with words for indexes. Not Plotly's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from traces.queries.timeline import Bar, Timeline

MICRO = 1000
SECOND = 1_000_000_000
GAPS_SAID = 3


def timeline_drawing(timeline: Timeline) -> dict[str, Any]:
    """Return `columns` (ordinal, start, length, lane, kind, fate, count, lacks_end, name) by start, `names`, `gaps`.

    Kinds and fates are indexes into `names`; a bar of several nodes has the ordinal of their parent, None at the top.
    """
    names: dict[str, list[str]] = {}
    bars = timeline.bars
    empty = None if bars else "No node names the time at which it began."
    return {
        "length": timeline.length // MICRO,
        "lanes": timeline.lanes,
        "names": names,
        "columns": {
            "ordinal": [bar.ordinal for bar in bars],
            "start": [bar.start // MICRO for bar in bars],
            "length": [(bar.end - bar.start) // MICRO for bar in bars],
            "lane": [bar.lane for bar in bars],
            "kind": _numbered(names, "kind", bars, lambda bar: bar.kind),
            "fate": _numbered(names, "fate", bars, lambda bar: bar.fate),
            "count": [bar.count for bar in bars],
            "lacks_end": [int(bar.lacks_end) for bar in bars],
            "name": [bar.name for bar in bars],
        },
        "gaps": [
            {"start": gap.start // MICRO, "length": (gap.end - gap.start) // MICRO}
            for gap in timeline.gaps
        ],
        "said": empty or _said(timeline),
        "empty": empty,
    }


def _numbered(
    names: dict[str, list[str]], table: str, bars: Sequence[Bar], word: Callable[[Bar], str]
) -> list[int]:
    names[table] = list(dict.fromkeys(word(bar) for bar in bars))
    places = {each: at for at, each in enumerate(names[table])}
    return [places[word(bar)] for bar in bars]


def _said(timeline: Timeline) -> str:
    together = [bar.count for bar in timeline.bars if bar.count > 1]
    alone = len(timeline.bars) - len(together)
    lanes = timeline.lanes - len(together)
    told = [f"{alone:,} nodes in {lanes:,} lanes over {_seconds(timeline.length)}"]
    if together:
        bars = "bar" if len(together) == 1 else "bars"
        told.append(f"{sum(together):,} more stand together in {len(together):,} {bars}")
    if timeline.gaps:
        idle = sum(gap.end - gap.start for gap in timeline.gaps)
        gaps = "gap" if len(timeline.gaps) == 1 else "gaps"
        longest = sorted(timeline.gaps, key=lambda gap: gap.start - gap.end)[:GAPS_SAID]
        places = ", ".join(
            f"{_seconds(gap.end - gap.start)} after {_seconds(gap.start)}" for gap in longest
        )
        told.append(
            f"nothing went on for {_seconds(idle)} in {len(timeline.gaps):,} {gaps}: {places}"
        )
    unended = sum(bar.lacks_end for bar in timeline.bars)
    if unended:
        told.append(f"{unended:,} tell no end")
    if timeline.untimed:
        told.append(f"{timeline.untimed:,} name no time and stand outside")
    return "; ".join(told) + "."


def _seconds(ns: int) -> str:
    return f"{ns / SECOND:,.3f}".rstrip("0").rstrip(".") + " s"
