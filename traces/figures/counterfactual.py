"""What a run would have answered with fewer samples: a curve, what an oracle would have found, and where it turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from traces.analytics.undefined import is_known
from traces.figures.drawing import BARE, describe
from traces.figures.tables import Table, Unit
from traces.queries.undefined_words import UNDEFINED
from traces.queries.what_if import Counterfactual, CurvePoint

MANY_SAMPLES = 32
"""From so many on the axis is logarithmic: points lie at doublings."""
RIGHT = _("right")
RECORDED = _("the recorded answer")


def curve_figure(found: Counterfactual) -> dict[str, Any]:
    """Return the figure: the chance by samples, the oracle's beside it, what is asked for as a larger mark.

    What lies beyond the turning point is shaded.
    """
    points = [each for each in found.curve if is_known(each.chance)]
    figure = go.Figure(layout=BARE | _axes(found))
    if points:
        if found.curve_is_right:
            figure.add_trace(_oracle(found.curve))
        figure.add_trace(_curve(points, found))
        figure.add_trace(_asked(points, found))
        if found.turning is not None:
            figure.update_layout(shapes=[_beyond(found)])
            figure.add_trace(_turn(found))
    return describe(figure, said=_said(found), empty=None if points else _lack(found))


def curve_table(found: Counterfactual) -> Table:
    """Return the points of the curve."""
    heads = {
        gettext("Samples"): Unit.COUNT,
        gettext("Right") if found.curve_is_right else gettext("The recorded answer"): Unit.SHARE,
        gettext("Any of them right"): Unit.SHARE,
        gettext("Cost"): Unit.MONEY,
    }
    rows = [
        (
            each.n,
            each.chance if is_known(each.chance) else None,
            each.coverage if is_known(each.coverage) else None,
            each.cost,
        )
        for each in found.curve
    ]
    return Table(heads=heads, rows=rows, order=gettext("by the number of samples"))


def _curve(points: Sequence[CurvePoint], found: Counterfactual) -> go.Scatter:
    return _line(
        points,
        lambda each: each.chance,
        str(RIGHT if found.curve_is_right else RECORDED),
        "accent",
        mode="lines+markers",
        line={"width": 2},
    )


def _oracle(points: Sequence[CurvePoint]) -> go.Scatter:
    words = gettext("any of them right, which only an oracle could find")
    known = [each for each in points if is_known(each.coverage)]
    return _line(
        known, lambda each: each.coverage, words, "quiet", mode="lines", line={"dash": "dot"}
    )


def _line(
    points: Sequence[CurvePoint],
    height: Callable[[CurvePoint], Any],
    words: str,
    role: str,
    **look: Any,
) -> go.Scatter:
    return go.Scatter(
        x=[each.n for each in points],
        y=[height(each) for each in points],
        meta={"role": role},
        hovertemplate=gettext("{n} samples<br>{share} {what}").format(
            n="%{x}", share="%{y:.1%}", what=words
        )
        + "<extra></extra>",
        **look,
    )


def _asked(points: Sequence[CurvePoint], found: Counterfactual) -> go.Scatter:
    here = [each for each in points if each.n == found.asked.n]
    return go.Scatter(
        x=[each.n for each in here],
        y=[each.chance for each in here],
        mode="markers",
        marker={"size": 13, "symbol": "circle-open", "line": {"width": 3}},
        meta={"role": "text"},
        hoverinfo="skip",
    )


def _turn(found: Counterfactual) -> go.Scatter:
    turning = found.turning
    assert turning is not None
    return go.Scatter(
        x=[turning.at],
        y=[turning.best],
        mode="markers+text",
        marker={"size": 9, "symbol": "diamond"},
        text=[" " + gettext("best at {n}").format(n=turning.at)],
        textposition="top right",
        meta={"role": "danger"},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _beyond(found: Counterfactual) -> dict[str, Any]:
    turning = found.turning
    assert turning is not None
    edges = {"x0": turning.at, "x1": found.samples, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "rect", "layer": "below", "line": {"width": 0}, "name": "discarded", **edges}


def _axes(found: Counterfactual) -> dict[str, Any]:
    title = gettext("chance of a right answer") if found.curve_is_right else str(RECORDED)
    x: dict[str, Any] = {"title": {"text": gettext("samples")}, "automargin": True}
    if found.samples > MANY_SAMPLES:
        ticks = [each.n for each in found.curve]
        x |= {"type": "log", "tickvals": ticks, "ticktext": [f"{each:,}" for each in ticks]}
    else:
        x |= {"tickformat": ",d", "rangemode": "tozero"}
    y = {
        "title": {"text": title},
        "tickformat": ".0%",
        "rangemode": "tozero",
        "automargin": True,
    }
    return {"xaxis": x, "yaxis": y}


def _lack(found: Counterfactual) -> str:
    if found.undefined is not None:
        return f"{gettext('Undefined:')} {UNDEFINED[found.undefined.value]}."
    return gettext("This rule draws no samples, so there is no curve.")


def _said(found: Counterfactual) -> str:
    known = [(each.n, each.chance) for each in found.curve if is_known(each.chance)]
    if not known:
        return ""
    what = gettext("right") if found.curve_is_right else gettext("as recorded")
    (first, at_first), (last, at_last) = known[0], known[-1]
    said = [
        gettext("With {first} sample {low} {what}, with all {last} {high}.").format(
            first=first, last=f"{last:,}", low=f"{at_first:.1%}", high=f"{at_last:.1%}", what=what
        )
    ]
    if found.turning is not None:
        said.append(
            gettext("Best at {n}: beyond it, shaded, more compute made it worse.").format(
                n=found.turning.at
            )
        )
    return " ".join(said)
