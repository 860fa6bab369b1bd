"""The timeline for the browser's canvas: columns of bars in microseconds, with words for indexes. Not Plotly's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext

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
    empty = None if bars else gettext("No node names the time at which it began.")
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
    nodes = ngettext("{n} node", "{n} nodes", alone).format(n=f"{alone:,}")
    told = [
        gettext("{nodes} in {lanes} lanes over {time}").format(
            nodes=nodes, lanes=f"{lanes:,}", time=_seconds(timeline.length)
        )
    ]
    if together:
        bars = ngettext(
            "{nodes} more stand together in {n} bar",
            "{nodes} more stand together in {n} bars",
            len(together),
        )
        told.append(bars.format(nodes=f"{sum(together):,}", n=f"{len(together):,}"))
    if timeline.gaps:
        idle = sum(gap.end - gap.start for gap in timeline.gaps)
        longest = sorted(timeline.gaps, key=lambda gap: gap.start - gap.end)[:GAPS_SAID]
        places = ", ".join(
            gettext("{time} after {start}").format(
                time=_seconds(gap.end - gap.start), start=_seconds(gap.start)
            )
            for gap in longest
        )
        gaps = ngettext(
            "nothing went on for {time} in {n} gap: {places}",
            "nothing went on for {time} in {n} gaps: {places}",
            len(timeline.gaps),
        )
        told.append(gaps.format(time=_seconds(idle), n=f"{len(timeline.gaps):,}", places=places))
    unended = sum(bar.lacks_end for bar in timeline.bars)
    if unended:
        told.append(gettext("{count} tell no end").format(count=f"{unended:,}"))
    if timeline.untimed:
        told.append(
            gettext("{count} name no time and stand outside").format(count=f"{timeline.untimed:,}")
        )
    return "; ".join(told) + "."


def _seconds(ns: int) -> str:
    return f"{ns / SECOND:,.3f}".rstrip("0").rstrip(".") + " s"
