"""A whole search as points in WebGL, coloured by fate: up to a hundred thousand, as packed columns."""

from __future__ import annotations

from array import array
from collections import Counter
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from traces.figures.drawing import BARE, PLAIN, describe, packed, scale_of
from traces.queries.points import Axis, Points
from traces.queries.spoken import spoken

DRAWN_AT_MOST = 100_000
# In the order of drawing: what counts most lies on top. Shapes, so that colour is not the only sign.
MARKS = {
    "discarded": ("circle", 4, 0.5),
    "open": ("circle-open", 5, 0.7),
    "failed": ("x-thin-open", 7, 0.8),
    "kept": ("circle", 5, 0.65),
    "selected": ("diamond", 10, 1.0),
}
TITLES = {
    Axis.VALUE: _("value"),
    Axis.VISITS: _("visits"),
    Axis.DEPTH: _("depth"),
    Axis.TOKENS: _("tokens of the branch"),
    Axis.COST: _("cost of the branch, $"),
    Axis.TIME: _("seconds since the run began"),
}
NAMES = {
    Axis.VALUE: _("value"),
    Axis.VISITS: _("visits"),
    Axis.DEPTH: _("depth"),
    Axis.TOKENS: _("tokens"),
    Axis.COST: _("cost"),
    Axis.TIME: _("time"),
}
AMOUNTS = {Axis.VISITS, Axis.TOKENS, Axis.COST}
FORMATS = {Axis.DEPTH: ".0f", Axis.VISITS: ",.0f", Axis.TOKENS: ",.0f"}
LABELLED_LEVELS = 24
GOLDEN = 0.618033988749895
APART = 0.7
"""How much of a level's width its nodes are spread over."""


def search_figure(points: Points) -> dict[str, Any]:
    """Return the figure; `meta.role` of each trace is its fate, `customdata` the ordinals of the nodes.

    Of more than `DRAWN_AT_MOST` points each n-th is drawn, and of the selected ones all.
    """
    drawn = _drawn(points)
    traces = [_trace(points, fate, rows) for fate in MARKS if (rows := drawn.get(fate))]
    layout = BARE | {
        "xaxis": _axis(points.x_axis, points.x),
        "yaxis": _axis(points.y_axis, points.y),
    }
    count = sum(len(rows) for rows in drawn.values())
    figure = go.Figure(traces, layout=layout)
    return describe(figure, said=_said(points, count), empty=_lacks(points))


def _drawn(points: Points) -> dict[str, list[int]]:
    stride = max(1, -(-len(points.fate) // DRAWN_AT_MOST))
    drawn: dict[str, list[int]] = {}
    for row, fate in enumerate(points.fate):
        if row % stride == 0 or fate == "selected":
            drawn.setdefault(fate, []).append(row)
    return drawn


def _trace(points: Points, fate: str, rows: list[int]) -> go.Scattergl:
    symbol, size, opacity = MARKS[fate]
    return go.Scattergl(
        x=packed(_placed(points, points.x_axis, points.x, rows)),
        y=packed(_placed(points, points.y_axis, points.y, rows)),
        customdata=packed(array("I", (points.ordinal[row] for row in rows))),
        mode="markers",
        name=fate,
        marker={"symbol": symbol, "size": size, "opacity": opacity},
        meta={"role": fate},
        hovertemplate=(
            f"{gettext('node')} %{{customdata}} · {spoken(fate)}"
            f"<br>{NAMES[points.y_axis]} %{{y:{FORMATS.get(points.y_axis, '.4~g')}}}"
            f"<br>{NAMES[points.x_axis]} %{{x:{FORMATS.get(points.x_axis, '.4~g')}}}<extra></extra>"
        ),
    )


def _placed(points: Points, axis: Axis, numbers: array[float], rows: list[int]) -> array[float]:
    """Return where points lie on an axis. Those of one level would hide each other: they lie side by side in it.

    Less than half a level from their own, so that rounding gives it back; evenly, for multiples of the golden ratio
    leave no gaps and no heaps.
    """
    if axis is not Axis.DEPTH:
        return array("f", (numbers[row] for row in rows))
    aside = ((points.ordinal[row] * GOLDEN % 1 - 0.5) * APART for row in rows)
    return array("f", (numbers[row] + each for row, each in zip(rows, aside, strict=True)))


def _axis(axis: Axis, numbers: array[float]) -> dict[str, Any]:
    scale = scale_of(min(numbers), max(numbers)) if numbers and axis in AMOUNTS else "linear"
    ticks = {"dtick": 1, "zeroline": False} if _is_few_levels(axis, numbers) else {}
    return {"title": {"text": str(TITLES[axis])}, "type": scale, **PLAIN, **ticks}


def _is_few_levels(axis: Axis, numbers: array[float]) -> bool:
    return axis is Axis.DEPTH and len(numbers) > 0 and max(numbers) <= LABELLED_LEVELS


def _lacks(points: Points) -> str | None:
    if points.fate:
        return None
    return gettext("No node has both a {one} and a {other}.").format(
        one=NAMES[points.y_axis], other=NAMES[points.x_axis]
    )


def _said(points: Points, drawn: int) -> str:
    if not points.fate:
        return ""
    fates = Counter(points.fate)
    parts = ", ".join(f"{fates[fate]:,} {spoken(fate)}" for fate in reversed(MARKS) if fates[fate])
    told = [
        f"{_nodes(len(points.fate))}: {parts}",
        f"{capfirst(_range(points.y_axis, points.y))}, {_range(points.x_axis, points.x)}",
    ]
    if drawn < len(points.fate):
        told.append(
            gettext("{count} of them are drawn, evenly, the selected ones all").format(
                count=f"{drawn:,}"
            )
        )
    if points.without:
        lack = ngettext(
            "Without {n} node that lacks one of the two",
            "Without {n} nodes that lack one of the two",
            points.without,
        )
        told.append(lack.format(n=f"{points.without:,}"))
    return ". ".join(told) + "."


def _range(axis: Axis, numbers: array[float]) -> str:
    return gettext("{what} from {least} to {most}").format(
        what=TITLES[axis], least=_words(min(numbers)), most=_words(max(numbers))
    )


def _nodes(count: int) -> str:
    return ngettext("{n} node", "{n} nodes", count).format(n=f"{count:,}")


def _words(number: float) -> str:
    """Four digits that count, never as a power of ten: 0.0000074 and 1,234,000."""
    rounded = Decimal(f"{number:.4g}")
    return f"{rounded.normalize():,f}" if rounded else "0"
