"""Cost by branch as a Plotly icicle. Sectors carry roles, never colours: the browser knows the theme."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Fate
from traces.figures.drawing import describe
from traces.queries.costs import Sector
from traces.queries.spoken import spoken

LABELLED_AT_MOST = 500
MEASURES = {"cost": _("cost"), "tokens": _("tokens"), "nodes": _("nodes")}


def cost_icicle(sectors: Sequence[Sector]) -> dict[str, Any]:
    """The figure as JSON: `data[0].meta` holds each sector's role and which sectors can be opened.

    Width is the strongest measure that is known of any sector: dollars, else tokens, else nodes.
    Values are of whole branches (`branchvalues` total). Labels are made visible before they come
    here.
    """
    measure = _measure(sectors)
    values = [float(getattr(sector, measure) or 0) for sector in sectors]
    trace = go.Icicle(
        ids=[sector.id for sector in sectors],
        labels=[_label(sector) for sector in sectors],
        parents=[sector.parent or "" for sector in sectors],
        values=values,
        branchvalues="total",
        customdata=[_said(sector) for sector in sectors],
        hovertemplate="%{label}<br>%{customdata}<extra></extra>",
        textinfo="label" if len(sectors) <= LABELLED_AT_MOST else "none",
        tiling={"orientation": "v", "pad": 0},
        pathbar={"visible": False},
        leaf={"opacity": 1},
        sort=False,
    )
    layout = {
        "margin": {"t": 0, "r": 0, "b": 0, "l": 0},
        "uniformtext": {"minsize": 11, "mode": "hide"},
    }
    figure = go.Figure(trace, layout=layout)
    drawing = describe(figure, said=_said_of_all(sectors, measure), empty=_lacks(values))
    if drawing["data"]:
        drawing["data"][0]["meta"] = _meta(sectors)
    return drawing


def _lacks(values: Sequence[float]) -> str | None:
    return None if any(values) else gettext("No cost and no tokens are recorded.")


def _said_of_all(sectors: Sequence[Sector], measure: str) -> str:
    if not sectors:
        return ""
    whole = sectors[0]
    dearest = max(sectors[1:], key=lambda each: getattr(each, measure) or 0, default=None)
    told = gettext("{count} sectors by {measure}; the whole: {whole}").format(
        count=f"{len(sectors):,}", measure=MEASURES[measure], whole=_said(whole)
    )
    if dearest is None:
        return told
    part = gettext("The largest part: {name}, {amounts}").format(
        name=dearest.label, amounts=_said(dearest)
    )
    return f"{told}. {part}"


def _measure(sectors: Sequence[Sector]) -> str:
    known = (name for name in ("cost", "tokens") if any(getattr(each, name) for each in sectors))
    return next(known, "nodes")


def _label(sector: Sector) -> str:
    # Plotly reads a little HTML in its texts, links among it: none of that is meant here.
    return escape(sector.label, quote=False)


def _said(sector: Sector) -> str:
    cost = (
        gettext("cost not known")
        if sector.cost is None
        else f"${sector.cost:.6f}".rstrip("0").rstrip(".")
    )
    tokens = gettext("tokens not known")
    if sector.tokens is not None:
        tokens = gettext("{count} tokens").format(count=f"{sector.tokens:,}")
    nodes = ngettext("{n} node", "{n} nodes", sector.nodes).format(n=f"{sector.nodes:,}")
    return f"{spoken(sector.fate)} · {nodes} · {tokens} · {cost}"


def _meta(sectors: Sequence[Sector]) -> dict[str, Any]:
    roles: dict[str, str] = {}
    for sector in sectors:
        above = roles.get(sector.parent or "")
        # What nobody decided on inside a discarded branch went with the branch.
        lost = above == Fate.DISCARDED and sector.fate == Fate.OPEN
        roles[sector.id] = Fate.DISCARDED.value if lost else sector.fate
    return {
        "roles": list(roles.values()),
        "open": [sector.id for sector in sectors if sector.nodes > 1 and not sector.rolled_up],
    }
