"""How dear single nodes or calls were: the empirical distribution, with its tail and the run's limit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Dimension
from traces.analytics.amount_words import amount_words
from traces.analytics.ecdf import quantile, steps
from traces.figures.drawing import BARE, PLAIN, describe, scale_of
from traces.queries.spread import Spread, Unit

QUANTILES = {"p50": Fraction(50, 100), "p95": Fraction(95, 100), "p99": Fraction(99, 100)}
TITLES = {
    (Dimension.USD, Unit.CALL): _("cost of one call, $"),
    (Dimension.USD, Unit.NODE): _("cost of one node, $"),
    (Dimension.TOKENS, Unit.CALL): _("tokens of one call"),
    (Dimension.TOKENS, Unit.NODE): _("tokens of one node"),
}
UNITS = {Unit.CALL: _("model calls"), Unit.NODE: _("nodes")}


def spread_figure(spread: Spread) -> dict[str, Any]:
    """Return the figure: the distribution as steps, a line for each quantile, one for the limit of the whole run."""
    amounts = [float(each.amount) for each in spread.spent]
    figure = go.Figure(layout=BARE | {"yaxis": _share_axis()})
    if amounts:
        figure.add_trace(_distribution(amounts, spread))
        for height, (name, amount) in enumerate(_quantiles(spread).items()):
            words = f"{name} {amount_words(spread.dimension, amount)}"
            figure.add_trace(_line(words, float(amount), 0.42 - height * 0.11, "quiet"))
        if spread.limit is not None:
            limit = amount_words(spread.dimension, spread.limit)
            words = gettext("budget of the run {amount}").format(amount=limit)
            figure.add_trace(_line(words, float(spread.limit), 0.64, "danger", "middle left"))
        figure.update_layout(xaxis=_amount_axis(amounts, spread))
    empty = (
        None
        if amounts
        else gettext("No cost and no tokens are recorded of any of the {units}.").format(
            units=UNITS[spread.unit]
        )
    )
    return describe(figure, said=_said(spread), empty=empty)


def _quantiles(spread: Spread) -> dict[str, Decimal]:
    ascending = [each.amount for each in spread.spent]
    return {name: quantile(ascending, share) for name, share in QUANTILES.items()}


def _distribution(amounts: list[float], spread: Spread) -> go.Scatter:
    corners = steps(amounts)
    # A logarithmic axis has no place for nothing: the line then begins at the share that cost nothing.
    free = corners[0].share if amounts[0] == 0 else 0.0
    paid = [corner for corner in corners if corner.value > 0] or corners
    return go.Scatter(
        x=[paid[0].value, *(corner.value for corner in paid)],
        y=[free, *(corner.share for corner in paid)],
        mode="lines",
        line={"shape": "hv", "width": 2},
        meta={"role": "accent"},
        hovertemplate=gettext("{share} of the {units}<br>at most {amount}").format(
            share="%{y:.1%}", units=UNITS[spread.unit], amount="%{x:,.4~g}"
        )
        + "<extra></extra>",
    )


def _line(
    words: str, at: float, height: float, role: str, side: str = "middle right"
) -> go.Scatter:
    return go.Scatter(
        x=[at, at, at],
        y=[0, height, 1],
        mode="lines+text",
        text=["", f" {words} ", ""],
        textposition=side,
        line={"width": 1, "dash": "dot" if role == "quiet" else "solid"},
        meta={"role": role},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _share_axis() -> dict[str, Any]:
    title = {"text": gettext("share that cost at most this")}
    return {"title": title, "range": [0, 1.03], "tickformat": ".0%", "automargin": True}


def _amount_axis(amounts: list[float], spread: Spread) -> dict[str, Any]:
    least = next((each for each in amounts if each > 0), 0.0)
    most = max(amounts[-1], float(spread.limit or 0))
    title = {"text": str(TITLES[spread.dimension, spread.unit])}
    return {"title": title, "type": scale_of(least, most), **PLAIN}


def _said(spread: Spread) -> str:
    if not spread.spent:
        return ""
    told = [
        f"{name} {amount_words(spread.dimension, amount)}"
        for name, amount in _quantiles(spread).items()
    ]
    most = amount_words(spread.dimension, spread.spent[-1].amount)
    is_money = spread.dimension is Dimension.USD
    what = gettext("Cost") if is_money else gettext("Tokens")
    said = [
        gettext("{what} of {count} {units}: {quantiles}, the most {most}.").format(
            what=what,
            count=f"{len(spread.spent):,}",
            units=UNITS[spread.unit],
            quantiles=", ".join(told),
            most=most,
        )
    ]
    if spread.limit is not None:
        limit = amount_words(spread.dimension, spread.limit)
        said.append(gettext("The run as a whole may spend {limit}.").format(limit=limit))
    if spread.without:
        lack = (
            gettext("{count} more name no cost of their own and are left out.")
            if is_money
            else gettext("{count} more name no tokens of their own and are left out.")
        )
        said.append(lack.format(count=f"{spread.without:,}"))
    return " ".join(said)
