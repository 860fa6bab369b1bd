"""Money for calls that state tokens and none."""

from __future__ import annotations

from dataclasses import replace

from deliberation.events import Event
from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import NodeKind
from traces.pricing import BUNDLED, PriceList

CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL, None)
"""A retrieval that names a model is a call of one that embeds or ranks."""


def priced(event: Event, prices: PriceList = BUNDLED) -> Event:
    """Price a call that states tokens and no money. The price is the one of the call's own date."""
    if (
        not isinstance(event, NodeFacts)
        or event.usage is None
        or event.model is None
        or event.cost is not None
        or event.node_kind not in CALLS
    ):
        return event
    at = event.started_at or event.at
    cost = prices.cost_of(event.model, event.provider, event.usage, at)
    return event if cost.amount is None else replace(event, cost=cost)
