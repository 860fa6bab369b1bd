"""Money for calls that state tokens and none."""

from __future__ import annotations

from dataclasses import replace

from deliberation.events import Event
from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import NodeKind
from traces.pricing import price_call

MAX_AMOUNT = 10**12
"""Of dollars for one call: the ledger keeps 12 digits. What costs more states tokens that nobody used."""


def priced(event: Event) -> Event:
    """Price a call that states tokens and no money. The price is the one of the call's own date."""
    if (
        not isinstance(event, NodeFacts)
        or event.usage is None
        or event.model is None
        or event.cost is not None
        or event.node_kind not in (NodeKind.MODEL_CALL, None)
    ):
        return event
    at = event.started_at or event.at
    cost = price_call(event.model, event.provider, event.usage, at)
    if cost.amount is None or cost.amount >= MAX_AMOUNT:
        return event
    return replace(event, cost=cost)
