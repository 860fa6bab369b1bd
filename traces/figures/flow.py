"""From level to verdict to fate, as a sankey: why nodes were dropped, and by whose word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext, ngettext

from traces.figures.drawing import BARE, describe
from traces.queries.flows import LEVELS_APART, Flow
from traces.queries.spoken import spoken

UNJUDGED = "not judged"


def flow_figure(flows: Sequence[Flow]) -> dict[str, Any]:
    """Return the figure; `meta.node_roles` and `meta.link_roles` hold a role for each node and each link."""
    first: Counter[tuple[str, str]] = Counter()
    second: Counter[tuple[str, str]] = Counter()
    for flow in flows:
        first[level_words(flow.depth), verdict_words(flow.verdict)] += flow.nodes
        second[verdict_words(flow.verdict), flow.fate] += flow.nodes
    # A verdict and a fate may be one word, and are not one node.
    links = [(("level", a), ("verdict", b), count) for (a, b), count in first.items()]
    links += [(("verdict", a), ("fate", b), count) for (a, b), count in second.items()]
    places = {
        each: at for at, each in enumerate(dict.fromkeys(e for link in links for e in link[:2]))
    }
    trace = go.Sankey(
        orientation="h",
        arrangement="snap",
        node={
            "label": [_shown(*place) for place in places],
            "pad": 14,
            "thickness": 14,
            "hovertemplate": "%{label}: %{value:,} " + gettext("nodes") + "<extra></extra>",
        },
        link={
            "source": [places[source] for source, _, _ in links],
            "target": [places[target] for _, target, _ in links],
            "value": [count for _, _, count in links],
            "hovertemplate": "%{source.label} → %{target.label}: %{value:,} nodes<extra></extra>",
        },
        valueformat=",",
        meta={
            "node_roles": [word for _, word in places],
            "link_roles": [target for _, (_, target), _ in links],
        },
    )
    layout = BARE | {"margin": {"t": 12, "r": 12, "b": 12, "l": 12}}
    empty = None if flows else gettext("No node is recorded.")
    return describe(go.Figure(trace, layout=layout), said=_said(flows), empty=empty)


def level_words(depth: int) -> str:
    """Return how a level is called."""
    if depth == LEVELS_APART:
        return gettext("level {depth} and deeper").format(depth=depth)
    return gettext("level {depth}").format(depth=depth)


def verdict_words(verdict: str | None) -> str:
    """Return how a verdict is called, and that there was none."""
    return UNJUDGED if verdict is None else verdict


def _shown(column: str, word: str) -> str:
    """Return a word as it is shown; a role stays what it is."""
    if column == "level":
        return word
    return gettext("not judged") if word == UNJUDGED else spoken(word)


def _said(flows: Sequence[Flow]) -> str:
    total = sum(flow.nodes for flow in flows)
    verdicts: Counter[str] = Counter()
    fates: Counter[str] = Counter()
    for flow in flows:
        verdicts[verdict_words(flow.verdict)] += flow.nodes
        fates[flow.fate] += flow.nodes
    judged = ", ".join(
        f"{count:,} {_shown('verdict', word)}" for word, count in verdicts.most_common()
    )
    ended = ", ".join(f"{count:,} {_shown('fate', word)}" for word, count in fates.most_common())
    nodes = ngettext("{n} node", "{n} nodes", total).format(n=f"{total:,}")
    return gettext("{nodes}. By their latest verdict: {verdicts}. By their fate: {fates}.").format(
        nodes=nodes, verdicts=judged, fates=ended
    )
