"""How spending is spread over runs, drawn from points: its distribution, and Lorenz's curve."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import plotly.graph_objects as go
from django.utils.text import capfirst
from django.utils.translation import gettext

from traces.figures.drawing import BARE, PLAIN, describe, scale_of
from traces.figures.tables import Table, Unit
from traces.queries.over_runs.labels import MEASURES
from traces.queries.over_runs.scope import Measure, Scope

SECOND = 1_000_000_000
QUANTILES = (50, 95, 99)
SHARES = {"range": [0, 1.03], "tickformat": ".0%", "automargin": True}
Points = Sequence[dict[str, Any]]
"""Runs up to each point, their amount, the greatest of it; the cheapest first."""


def tail_figure(points: Points, scope: Scope) -> dict[str, Any]:
    """Return the distribution as steps, with a line at each quantile that a point is at."""
    figure = go.Figure(layout=BARE)
    most = [_amount(each["most"], scope) for each in points]
    shares = _shares(points, "n")
    paid = [(value, share) for value, share in zip(most, shares, strict=True) if value > 0]
    if paid:
        figure.add_trace(_line([value for value, _ in paid], [share for _, share in paid], "hv"))
        for height, at in enumerate(QUANTILES):
            value = next(
                value for value, share in zip(most, shares, strict=True) if share * 100 >= at
            )
            figure.add_trace(_mark(f"p{at}", value, 0.42 - height * 0.11))
    title = _title(scope)
    scale = scale_of(paid[0][0], paid[-1][0]) if paid else "linear"
    figure.update_layout(
        xaxis={"title": {"text": title}, "type": scale, **PLAIN},
        yaxis={"title": {"text": gettext("share of runs at most this")}, **SHARES},
    )
    said = gettext("{n} runs, the most {most}.").format(
        n=f"{sum(each['n'] for each in points):,}", most=f"{most[-1]:,.4g}" if most else "–"
    )
    return describe(figure, said=f"{capfirst(title)}: {said}", empty=None if paid else _nothing())


def lorenz_figure(points: Points, scope: Scope) -> dict[str, Any]:
    """Return the share of all spending that the cheapest runs have, beside the line on which all have the same."""
    figure = go.Figure(layout=BARE)
    runs, amounts = [0.0, *_shares(points, "n")], [0.0, *_shares(points, "amount")]
    equal = _line([0, 1], [0, 1], "linear", "quiet", "dot")
    figure.add_traces([equal, _line(runs, amounts, "linear")])
    figure.update_layout(
        xaxis={"title": {"text": gettext("share of runs, the cheapest first")}, **SHARES},
        yaxis={
            "title": {
                "text": gettext("their share of {measure}").format(
                    measure=MEASURES[scope.measure.value]
                )
            },
            **SHARES,
        },
    )
    at = next((place for place, share in enumerate(runs) if share >= 0.5), 0)
    said = gettext("The cheapest {runs} of the runs have {share} of all.").format(
        runs=f"{runs[at]:.0%}", share=f"{amounts[at]:.0%}"
    )
    return describe(figure, said=said, empty=None if len(points) and amounts[-1] else _nothing())


def curve_table(points: Points, scope: Scope) -> Table:
    """Return the points: runs up to there, the share that they are, the amount at it, and their share of all."""
    heads = {
        gettext("Runs"): Unit.COUNT,
        gettext("Share of runs"): Unit.SHARE,
        gettext("Amount"): Unit.MONEY if scope.measure is Measure.COST else Unit.NUMBER,
        gettext("Share of all"): Unit.SHARE,
    }
    runs = list(accumulate(each["n"] for each in points))
    rows = list(
        zip(
            runs,
            _shares(points, "n"),
            [each["most"] for each in points],
            _shares(points, "amount"),
            strict=True,
        )
    )
    return Table(heads=heads, rows=rows, order=gettext("the cheapest first"))


def _shares(points: Points, name: str) -> list[float]:
    total = sum(each[name] for each in points)
    return [
        float(so_far / total) if total else 0.0
        for so_far in accumulate(each[name] for each in points)
    ]


def _amount(value: Any, scope: Scope) -> float:
    return float(value) / SECOND if scope.measure is Measure.DURATION else float(value)


def _title(scope: Scope) -> str:
    unit = {Measure.COST: ", $", Measure.DURATION: ", s"}.get(scope.measure, "")
    return f"{MEASURES[scope.measure.value]}{unit}"


def _nothing() -> str:
    return gettext("Of no run the amount is known.")


def _line(
    x: Sequence[float], y: Sequence[float], shape: str, role: str = "accent", dash: str = "solid"
) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"shape": shape, "width": 2 if role == "accent" else 1, "dash": dash},
        meta={"role": role},
        hoverinfo="skip" if role == "quiet" else None,
        hovertemplate=None if role == "quiet" else "%{x:,.4~g}: %{y:.1%}<extra></extra>",
    )


def _mark(words: str, at: float, height: float) -> go.Scatter:
    return go.Scatter(
        x=[at, at, at],
        y=[0, height, 1],
        mode="lines+text",
        text=["", f" {words} ", ""],
        textposition="middle right",
        line={"width": 1, "dash": "dot"},
        meta={"role": "quiet"},
        hoverinfo="skip",
        cliponaxis=False,
    )
