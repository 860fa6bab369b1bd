"""Choosing among N samples by a verifier's score: how often that is right, beside the oracle and the lot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext, ngettext

from traces.analytics.selection_curve import SelectionCurve, SelectionPoint
from traces.analytics.undefined import Estimate, is_known
from traces.figures.drawing import BARE, describe
from traces.figures.tables import Table, Unit
from traces.queries.undefined_words import UNDEFINED
from traces.queries.verifier import Selection


def selection_figure(found: Selection) -> dict[str, Any]:
    """Return the figure: right by N when the best scored is returned, when any right one is found, when lots are drawn.

    The best N is marked where the curve ends lower.
    """
    curve = found.curve
    figure = go.Figure(layout=BARE | _axes(curve.points))
    empty = None if curve.lack is None else _sentence(str(UNDEFINED[curve.lack.value]))
    if empty is None:
        figure.add_trace(_line(curve.points, "oracle", gettext("any right one"), "quiet"))
        figure.add_trace(_lot(curve.points))
        figure.add_trace(_line(curve.points, "chosen", gettext("the best scored"), "accent"))
        if curve.turning is not None:
            figure.add_trace(_turn(curve))
    return describe(figure, said="" if empty else selection_words(curve), empty=empty)


def selection_table(found: Selection) -> Table:
    """Return the points."""
    heads = {
        gettext("Samples"): Unit.COUNT,
        gettext("Best scored is right"): Unit.SHARE,
        gettext("Any is right"): Unit.SHARE,
        gettext("Selection regret"): Unit.SHARE,
        gettext("Tasks"): Unit.COUNT,
    }
    rows = [
        (each.n, *map(_known, (each.chosen, each.oracle, each.regret)), found.curve.tasks)
        for each in found.curve.points
    ]
    return Table(heads=heads, rows=rows, order=gettext("by samples"))


def selection_words(curve: SelectionCurve) -> str:
    """Return the curve in sentences."""
    last = curve.last
    if last is None or not is_known(last.chosen) or not is_known(last.oracle):
        return ""
    told = [
        gettext(
            "With {n} samples the best scored is right in {chosen} of {tasks} tasks, any in {oracle}."
        ).format(
            n=last.n,
            chosen=_percent(last.chosen),
            tasks=f"{curve.tasks:,}",
            oracle=_percent(last.oracle),
        )
    ]
    if curve.turning is not None:
        told.append(turning_words(curve))
    if curve.left_out:
        told.append(
            gettext("{count} tasks have fewer samples and are left out.").format(
                count=f"{curve.left_out:,}"
            )
        )
    return " ".join(told)


def turning_words(curve: SelectionCurve) -> str:
    """Return the sentence on where trusting the verifier more makes it worse; empty where it does not."""
    turning = curve.turning
    if turning is None:
        return ""
    words = ngettext(
        "Beyond {at} sample trusting it more makes it worse: {best} there, {end} at the end.",
        "Beyond {at} samples trusting it more makes it worse: {best} there, {end} at the end.",
        turning.at,
    )
    return words.format(at=turning.at, best=_percent(turning.best), end=_percent(turning.end))


def _line(points: Sequence[SelectionPoint], which: str, words: str, role: str) -> go.Scatter:
    return go.Scatter(
        x=[each.n for each in points],
        y=[_known(getattr(each, which)) for each in points],
        mode="lines+markers+text",
        text=[*[""] * (len(points) - 1), words],
        textposition="top left" if which == "oracle" else "bottom left",
        line={"width": 2 if role == "accent" else 1.5},
        meta={"role": role},
        hovertemplate=f"{words}<br>N = %{{x}}<br>%{{y:.1%}}<extra></extra>",
        cliponaxis=False,
    )


def _lot(points: Sequence[SelectionPoint]) -> go.Scatter:
    first, last = points[0], points[-1]
    return go.Scatter(
        x=[first.n, last.n],
        y=[_known(first.chosen)] * 2,
        mode="lines",
        line={"width": 1, "dash": "dot"},
        meta={"role": "quiet"},
        hovertemplate=gettext("drawn by lot") + "<br>%{y:.1%}<extra></extra>",
    )


def _turn(curve: SelectionCurve) -> go.Scatter:
    turning = curve.turning
    at, best = (turning.at, turning.best) if turning else (None, None)
    return go.Scatter(
        x=[at],
        y=[best],
        mode="markers+text",
        text=[gettext("best N: {n}").format(n=at)],
        textposition="top center",
        marker={"size": 11, "symbol": "diamond"},
        meta={"role": "danger"},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _axes(points: Sequence[SelectionPoint]) -> dict[str, Any]:
    at = [each.n for each in points]
    return {
        "xaxis": {
            "title": {"text": gettext("samples, N")},
            "type": "log",
            "tickvals": at,
            "ticktext": [str(each) for each in at],
            "automargin": True,
        },
        "yaxis": {
            "title": {"text": gettext("right")},
            "tickformat": ".0%",
            "rangemode": "tozero",
            "automargin": True,
        },
    }


def _known(estimate: Estimate) -> float | None:
    return estimate if is_known(estimate) else None


def _percent(share: float) -> str:
    return f"{share * 100:.1f}\N{NO-BREAK SPACE}%"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
