"""Whether a verifier's scores can be believed: of what it gave such a score, how much is right."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext

from traces.analytics.calibration import Bin
from traces.analytics.undefined import Undefined, is_known
from traces.analytics.wilson import wilson
from traces.figures.drawing import BARE, describe
from traces.figures.tables import Table, Unit
from traces.queries.undefined_words import UNDEFINED
from traces.queries.verifier import Calibration

BINS = 10
LEAST_DOT, MOST_DOT = 7, 26


def reliability_figure(told: Calibration) -> dict[str, Any]:
    """Return the figure: a dot for each bin of scores at the share that is right, larger for more judgements.

    On the diagonal a score is what it says; below it, too much is promised.
    """
    figure = go.Figure(layout=BARE | _axes())
    figure.add_trace(_diagonal())
    if told.bins:
        figure.add_trace(_dots(told))
    return describe(figure, said=_said(told), empty=None if told.bins else _lack())


def reliability_table(told: Calibration) -> Table:
    """Return the bins."""
    heads = {
        gettext("Score from"): Unit.NUMBER,
        gettext("to"): Unit.NUMBER,
        gettext("Judgements"): Unit.COUNT,
        gettext("Mean score"): Unit.SHARE,
        gettext("Right"): Unit.SHARE,
        gettext("95 in 100 from"): Unit.SHARE,
        gettext("95 in 100 to"): Unit.SHARE,
    }
    rows = [
        (
            each.number / BINS,
            (each.number + 1) / BINS,
            each.count,
            each.confidence / each.count,
            each.right / each.count,
            *_interval(each),
        )
        for each in told.bins
    ]
    return Table(heads=heads, rows=rows, order=gettext("by score"))


def _dots(told: Calibration) -> go.Scatter:
    most = max(each.count for each in told.bins)
    shares = [each.right / each.count for each in told.bins]
    intervals = [_interval(each) for each in told.bins]
    return go.Scatter(
        x=[each.confidence / each.count for each in told.bins],
        y=shares,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - share for (_, high), share in zip(intervals, shares, strict=True)],
            "arrayminus": [share - low for (low, _), share in zip(intervals, shares, strict=True)],
            "thickness": 1,
            "width": 3,
        },
        mode="lines+markers",
        marker={"size": [_size(each.count / most) for each in told.bins]},
        line={"width": 1.5},
        text=[f"{each.count:,}" for each in told.bins],
        meta={"role": "accent"},
        hovertemplate=gettext("mean score {score}<br>right {share}<br>{count} judgements").format(
            score="%{x:.3f}", share="%{y:.1%}", count="%{text}"
        )
        + "<extra></extra>",
    )


def _size(share: float) -> float:
    return float(LEAST_DOT + (MOST_DOT - LEAST_DOT) * share**0.5)


def _interval(each: Bin) -> tuple[float, float]:
    found = wilson(each.right, each.count)
    return (0.0, 1.0) if isinstance(found, Undefined) else (found.low, found.high)


def _diagonal() -> go.Scatter:
    return go.Scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"width": 1, "dash": "dot"},
        meta={"role": "quiet"},
        hoverinfo="skip",
    )


def _axes() -> dict[str, Any]:
    plain = {"range": [-0.03, 1.03], "tickformat": ".1f", "automargin": True}
    return {
        "xaxis": plain | {"title": {"text": gettext("score, 0 to 1")}},
        "yaxis": plain | {"title": {"text": gettext("share that is right")}, "tickformat": ".0%"},
    }


def _lack() -> str:
    return gettext(
        "No judgement has a score on a known scale from 0 to 1 and a truth to hold it against."
    )


def _said(told: Calibration) -> str:
    if not is_known(told.error) or not is_known(told.brier):
        return str(UNDEFINED[Undefined.NO_SAMPLES.value])
    scale = (
        gettext("Scores are put on 0 to 1 by the scale that their verdicts state.")
        if told.is_stated
        else gettext("No scale is stated; all scores lie from 0 to 1 and are taken as they stand.")
    )
    figures = gettext(
        "{count} judgements: expected calibration error {error}, Brier score {brier}."
    ).format(count=f"{told.count:,}", error=f"{told.error:.4f}", brier=f"{told.brier:.4f}")
    return f"{figures} {scale}"
