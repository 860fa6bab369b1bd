"""Where the bars and columns of a report stand, in the units of its SVGs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

ROW, LEFT, LONGEST = 24, 110, 360
BASE, TALLEST, STEP = 110, 100, 640 / 60


class DrawnBar(NamedTuple):
    """A bar and its words."""

    bar: Any
    y: int
    text_y: int
    width: str
    end: str


class DrawnColumn(NamedTuple):
    """A column in two parts, the lower one first."""

    x: str
    discarded_y: str
    discarded_height: str
    other_y: str
    other_height: str


def draw_bars(bars: Iterable[Any]) -> list[DrawnBar]:
    """Return the bars, one below the other; each has a `share` of the longest."""
    return [
        DrawnBar(bar, at * ROW, at * ROW + 13, _number(width), _number(LEFT + width + 8))
        for at, bar in enumerate(bars)
        for width in [max(1.0, bar.share * LONGEST)]
    ]


def draw_columns(columns: Iterable[Any]) -> list[DrawnColumn]:
    """Return the columns, from left to right; the heights of each are `discarded` and `other`."""
    return [
        DrawnColumn(
            _number(each.at * STEP),
            *map(_number, (BASE - lower, lower, BASE - lower - upper, upper)),
        )
        for each in columns
        for lower, upper in [(each.discarded * TALLEST, each.other * TALLEST)]
    ]


def _number(value: float) -> str:
    return f"{value:.1f}"
