"""What a call says that it took."""

from __future__ import annotations

import logging
from decimal import Decimal, InvalidOperation
from typing import Any

from deliberation.client.prices import price_of
from deliberation.control import Gate
from deliberation.control.spending import limits_of
from deliberation.vocabulary import Dimension, Usage

LOG = logging.getLogger("deliberation")

Amounts = dict[Dimension, Decimal]


def amounts_of(gate: Gate, facts: dict[str, Any]) -> Amounts:
    """Return tokens and dollars by what was said at a call's end; what was not said is left out, and is not zero."""
    usage = facts.get("usage")
    said: Amounts = {}
    if isinstance(usage, Usage):
        whole = [
            count for each in (usage.input, usage.output) if (count := _count(each)) is not None
        ]
        if whole:
            said[Dimension.TOKENS] = Decimal(sum(whole))
        thought = _count(usage.reasoning)
        if thought is not None:
            said[Dimension.REASONING_TOKENS] = Decimal(thought)
    dollars = dollars_of(facts.get("cost"))
    if dollars is None and isinstance(usage, Usage) and Dimension.USD in limits_of(gate):
        dollars = price_of(facts.get("model"), facts.get("provider"), usage)
        if dollars is None:
            _complain(gate)
    if dollars is not None:
        said[Dimension.USD] = dollars
    return said


def dollars_of(cost: Any) -> Decimal | None:
    """Return a cost's amount; None where it has none, or one in another currency."""
    plain = (
        cost
        if isinstance(cost, dict)
        else {name: getattr(cost, name, None) for name in ("amount", "currency")}
    )
    if plain.get("amount") is None or (plain.get("currency") or "USD") != "USD":
        return None
    try:
        amount = Decimal(str(plain["amount"]))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _count(said: Any) -> int | None:
    return said if isinstance(said, int) and said >= 0 else None


def _complain(gate: Gate) -> None:
    meter = gate.meter
    if meter is not None and not meter.has_complained:
        meter.has_complained = True
        LOG.warning(
            "Calls of run %s do not say what they cost, and no price is known here: of its dollars only those count"
            " that the inspector has recorded. Say cost=, or install deliberation[prices].",
            gate.run,
        )
