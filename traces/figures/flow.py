"""From level to verdict to fate, as a sankey: why nodes were dropped, and by whose word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from traces.figures.drawing import BARE, describe
from traces.queries.flows import LEVELS_APART, Flow

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
            "label": [word for _, word in places],
            "pad": 14,
            "thickness": 14,
            "hovertemplate": "%{label}: %{value:,} nodes<extra></extra>",
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
    empty = None if flows else "No node is recorded."
    return describe(go.Figure(trace, layout=layout), said=_said(flows), empty=empty)


def level_words(depth: int) -> str:
    """Return how a level is called."""
    return f"level {depth} and deeper" if depth == LEVELS_APART else f"level {depth}"


def verdict_words(verdict: str | None) -> str:
    """Return how a verdict is called, and that there was none."""
    return UNJUDGED if verdict is None else verdict


def _said(flows: Sequence[Flow]) -> str:
    total = sum(flow.nodes for flow in flows)
    verdicts: Counter[str] = Counter()
    fates: Counter[str] = Counter()
    for flow in flows:
        verdicts[verdict_words(flow.verdict)] += flow.nodes
        fates[flow.fate] += flow.nodes
    judged = ", ".join(f"{count:,} {word}" for word, count in verdicts.most_common())
    ended = ", ".join(f"{count:,} {word}" for word, count in fates.most_common())
    return f"{total:,} nodes. By their latest verdict: {judged}. By their fate: {ended}."
