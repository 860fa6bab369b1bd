"""How a node's tokens, costs and edges are told."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from traces.queries.amounts import Tokens
from traces.queries.node_edges import NodeEdge
from traces.queries.trace_links import TraceLink

register = template.Library()

PROVENANCE: dict[str, Promise] = {
    "reported": _("as its source states it"),
    "priced": _("computed from its tokens by the price table"),
    "estimated": _("estimated"),
    "absent": _("no price is known"),
}
BASIS: dict[str, Promise] = {
    "measured": _("measured on this node"),
    "split": _("its share of a call that several nodes come from"),
    "estimated": _("estimated for this node"),
    "unallocated": _("of the run as a whole, and of no branch"),
}
EDGES: dict[str, tuple[Promise, Promise]] = {
    "votes_into": (_("votes into"), _("has the vote of")),
    "verifies": (_("verifies"), _("verified by")),
    "revises": (_("revises"), _("revised by")),
    "aggregates": (_("aggregates"), _("aggregated by")),
    "reuses_prefix": (_("reuses the prefix of"), _("its prefix is reused by")),
    "retries": (_("retries"), _("retried by")),
    "resumes": (_("resumes"), _("resumed by")),
    "links": (_("links to"), _("linked from")),
}
"""By kind: as the edge's source says it, and as its target does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """One class of tokens; `is_part` of the whole class above it. `tokens` None where nobody tells."""

    name: Promise
    tokens: int | None
    is_part: bool = False


@register.filter
def usage_lines(usage: Tokens) -> list[UsageLine]:
    """Input with its cached parts, output with its reasoning; none where no class is known."""
    if usage.input is None and usage.output is None:
        return []
    parts = [
        UsageLine(name=_("input"), tokens=usage.input),
        UsageLine(name=_("read from cache"), tokens=usage.cache_read, is_part=True),
        UsageLine(name=_("written to cache"), tokens=usage.cache_write, is_part=True),
        UsageLine(name=_("output"), tokens=usage.output),
        UsageLine(name=_("reasoning"), tokens=usage.reasoning, is_part=True),
    ]
    return [*parts, UsageLine(name=_("together"), tokens=usage.total)]


@register.filter
def cost_told(provenance: str | None) -> Promise | str:
    """Where an amount of money comes from."""
    return PROVENANCE.get(provenance or "", provenance or "")


@register.filter
def basis_told(basis: str) -> Promise | str:
    """How it came to stand on this node."""
    return BASIS.get(basis, basis)


@register.filter
def edge_told(edge: NodeEdge | TraceLink) -> Promise | str:
    """What an edge does, from the end that is looked at."""
    told = EDGES.get(edge.kind)
    return edge.kind.replace("_", " ") if told is None else told[0 if edge.is_outgoing else 1]
