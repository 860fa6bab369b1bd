"""Accuracy against cost: what nothing beats as a line of steps, the rest beside it, curves of more samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from math import log
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from traces.analytics.spreadsheet import Cell
from traces.figures.drawing import BARE, PLAIN, describe, scale_of
from traces.figures.tables import Table, Unit
from traces.queries.frontier_asked import Axis
from traces.queries.frontier_curves import Rule
from traces.queries.frontier_rows import Frontier, Point

AXES = {
    Axis.COST: _("mean cost of a question, $"),
    Axis.TOKENS: _("mean tokens of a question"),
    Axis.SAMPLES: _("samples of a question"),
}
UNITS = {Axis.COST: Unit.MONEY, Axis.TOKENS: Unit.NUMBER, Axis.SAMPLES: Unit.NUMBER}
RULES: dict[Rule | None, Any] = {
    None: _("as recorded"),
    Rule.ANY: _("any of N right, by an oracle"),
    Rule.VOTES: _("most votes of N"),
    Rule.BEST: _("best score of N"),
}
SHORT = {Rule.ANY: _("oracle"), Rule.VOTES: _("votes"), Rule.BEST: _("best score")}
"""At the end of a curve."""
ROLES = {Rule.ANY: "quiet", Rule.VOTES: "kept", Rule.BEST: "open"}
LABELS_SHOWN = 10
LABEL_CHARS = 26
MANY_SAMPLES = 32
ROOM_FOR_LABEL = 0.2
"""Of the width, at the left edge."""


def frontier_figure(found: Frontier) -> dict[str, Any]:
    """Return the figure: intervals of what was recorded, a line for each curve, and the frontier over all."""
    placed = [each for each in found.points if _x(each, found.axis) is not None]
    figure = go.Figure(layout=BARE | _axes(placed, found.axis))
    if placed:
        curves = _curves(placed)
        for (system, rule), points in curves.items():
            figure.add_trace(_curve(points, system, rule, found.axis, len(curves) <= LABELS_SHOWN))
        beaten = [each for each in placed if each.rule is None and not each.on_frontier]
        figure.add_trace(_recorded(beaten, found.axis, "text"))
        figure.add_trace(_steps(placed, found.axis))
        if found.turned:
            figure.add_trace(_turns(found))
    return describe(figure, said=_said(found, placed), empty=None if placed else lack_of(found))


def frontier_table(found: Frontier) -> Table:
    """Return all points, with their intervals, and what of each is known."""
    heads = {
        gettext("System"): Unit.TEXT,
        gettext("Returned by"): Unit.TEXT,
        gettext("Samples"): Unit.NUMBER,
        gettext("Accuracy"): Unit.PERCENT,
        gettext("from"): Unit.PERCENT,
        gettext("to"): Unit.PERCENT,
        gettext("Cost of a question"): Unit.MONEY,
        gettext("Tokens of a question"): Unit.NUMBER,
        gettext("Questions"): Unit.COUNT,
        gettext("Outcomes"): Unit.COUNT,
        gettext("Runs"): Unit.COUNT,
        gettext("Runs with a cost"): Unit.COUNT,
        gettext("On the frontier"): Unit.WORD,
    }
    order = gettext("from the least on the axis to the most")
    return Table(heads=heads, rows=[_row(each) for each in found.points], order=order)


def returned_by(point: Point) -> str:
    """Return what returns a point's answers, and of how many samples."""
    return str(RULES[point.rule]) + ("" if point.rule is None else f", N = {point.n:g}")


def lack_of(found: Frontier) -> str:
    """Return why there is nothing to draw, in a sentence."""
    if not found.runs:
        return gettext("No run is let through by these filters.")
    if not found.points:
        return gettext("Nothing says of any of these runs whether its answer is right.")
    return gettext("None of these runs says what it cost: choose another axis.")


def _row(point: Point) -> Sequence[Cell]:
    low, high = point.accuracy.interval
    return (
        point.system,
        str(RULES[point.rule]),
        point.n,
        point.accuracy.mean,
        low,
        high,
        None if point.cost is None else point.cost,
        point.tokens,
        point.accuracy.tasks,
        point.accuracy.outcomes,
        point.runs,
        point.costed,
        gettext("yes") if point.on_frontier else gettext("no"),
    )


def _x(point: Point, axis: Axis) -> float | None:
    return point.at(axis)


def _curves(points: Sequence[Point]) -> dict[tuple[str, Rule], list[Point]]:
    found: defaultdict[tuple[str, Rule], list[Point]] = defaultdict(list)
    for each in points:
        if each.rule is not None:
            found[each.system, each.rule].append(each)
    return found


def _curve(
    points: Sequence[Point], system: str, rule: Rule, axis: Axis, has_label: bool
) -> go.Scatter:
    label = escape(f"{_short(system)}, {SHORT[rule]} ") if has_label else ""
    return go.Scatter(
        **_places(points, axis),
        mode="lines+markers+text",
        text=[*[""] * (len(points) - 1), label],
        # An oracle is never beaten: its name above its end, the others' below theirs.
        textposition="top left" if rule is Rule.ANY else "bottom left",
        marker={"size": 5},
        line={"width": 1.5, "dash": "dot" if rule is Rule.ANY else "solid"},
        meta={"role": ROLES[rule], "labels": "wide"},
        name=escape(f"{_short(system)}, {RULES[rule]}"),
    )


def _recorded(points: Sequence[Point], axis: Axis, role: str) -> go.Scatter:
    return go.Scatter(
        **_places(points, axis),
        mode="markers",
        marker={"size": 7, "symbol": "circle-open", "line": {"width": 1.5}},
        error_y=_intervals(points),
        meta={"role": role},
    )


def _steps(placed: Sequence[Point], axis: Axis) -> go.Scatter:
    points = [each for each in placed if each.on_frontier]
    # Curves have names at their ends; of many points the best have theirs.
    labels = ["" if each.rule else _short(each.system) for each in points]
    hidden = len(points) - LABELS_SHOWN
    texts = ["" if at < hidden else label for at, label in enumerate(labels)]
    return go.Scatter(
        **_places(points, axis),
        mode="lines+markers+text",
        line={"shape": "hv", "width": 2},
        marker={"size": 9},
        error_y=_intervals(points),
        text=[escape(each) for each in texts],
        textposition=_sides(points, placed, axis),
        meta={"role": "accent", "labels": "wide"},
        cliponaxis=False,
    )


def _sides(points: Sequence[Point], placed: Sequence[Point], axis: Axis) -> list[str]:
    """Return where labels stand: to the left above a step, and at the left edge, where there is no room, below it."""
    least, most = (end(_x(each, axis) or 0.0 for each in placed) for end in (min, max))
    is_log = _axes(placed, axis)["xaxis"]["type"] == "log"
    found = []
    for each in points:
        at = _x(each, axis) or 0.0
        share = (
            log(at / least) / log(most / least) if is_log else (at - least) / (most - least or 1)
        )
        found.append("bottom right" if share < ROOM_FOR_LABEL else "top left")
    return found


def _turns(found: Frontier) -> go.Scatter:
    points = [each.at for each in found.turned if each.at.at(found.axis) is not None]
    return go.Scatter(
        **_places(points, found.axis),
        mode="markers+text",
        marker={"size": 9, "symbol": "diamond"},
        text=[gettext("best at {n}").format(n=f"{each.n:g}") for each in points],
        textposition="bottom right",
        meta={"role": "danger"},
        cliponaxis=False,
    )


def _places(points: Sequence[Point], axis: Axis) -> dict[str, Any]:
    return {
        "x": [_x(each, axis) for each in points],
        "y": [each.accuracy.mean for each in points],
        "hovertext": [_hover(each) for each in points],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _intervals(points: Sequence[Point]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [each.accuracy.interval.high - each.accuracy.mean for each in points],
        "arrayminus": [each.accuracy.mean - each.accuracy.interval.low for each in points],
        "thickness": 1,
        "width": 3,
    }


def _hover(point: Point) -> str:
    low, high = point.accuracy.interval
    lines = [
        escape(_short(point.system)),
        returned_by(point),
        ngettext(
            "{share} right, {low} to {high}, of {n} question",
            "{share} right, {low} to {high}, of {n} questions",
            point.accuracy.tasks,
        ).format(
            share=f"{point.accuracy.mean:.1%}",
            low=f"{low:.1%}",
            high=f"{high:.1%}",
            n=f"{point.accuracy.tasks:,}",
        ),
    ]
    if point.cost is not None:
        lines.append(gettext("${cost} a question").format(cost=f"{point.cost:,.4g}"))
    return "<br>".join(lines)


def _short(name: str) -> str:
    return name if len(name) <= LABEL_CHARS else name[: LABEL_CHARS - 1] + "…"


def _axes(points: Sequence[Point], axis: Axis) -> dict[str, Any]:
    places = [where for each in points if (where := _x(each, axis)) is not None]
    least, most = min(places, default=0.0), max(places, default=0.0)
    kind = "log" if axis is Axis.SAMPLES and most > MANY_SAMPLES else scale_of(least, most)
    y = {"title": {"text": gettext("accuracy")}, "tickformat": ".0%", "rangemode": "tozero"}
    return {
        "xaxis": {"title": {"text": str(AXES[axis])}, "type": kind, **PLAIN},
        "yaxis": y | {"automargin": True},
    }


def _said(found: Frontier, placed: Sequence[Point]) -> str:
    best = [each for each in placed if each.on_frontier]
    said = [
        ngettext(
            "{n} points of {runs} runs and {questions} questions; {best} stands on the frontier.",
            "{n} points of {runs} runs and {questions} questions; {best} stand on the frontier.",
            len(best),
        ).format(
            n=f"{len(placed):,}",
            runs=f"{found.runs:,}",
            questions=f"{found.questions:,}",
            best=f"{len(best):,}",
        )
    ]
    left_out = len(found.points) - len(placed)
    if left_out:
        said.append(
            gettext("{n} more have no place on this axis and stand in the table.").format(
                n=f"{left_out:,}"
            )
        )
    said.append(gettext("Bars are intervals, 95 in 100."))
    return " ".join(said)
