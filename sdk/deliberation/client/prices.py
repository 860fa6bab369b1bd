"""What a call costs by a public table, where the package `genai_prices` is installed (`deliberation[prices]`)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import Any

from deliberation.vocabulary import Usage


def price_of(model: Any, provider: Any, usage: Usage) -> Decimal | None:
    """Return US dollars; None where the table, the model or the number of tokens is not known.

    By the table that came with the package: nothing is asked of the network.
    """
    table = _table()
    if table is None or not isinstance(model, str) or usage.input is None or usage.output is None:
        return None
    try:
        asked = table.Usage(
            input_tokens=usage.input,
            output_tokens=usage.output,
            cache_read_tokens=usage.cache_read,
            cache_write_tokens=usage.cache_write,
        )
        found = table.calc_price(asked, model_ref=model, provider_id=provider)
        price = Decimal(found.total_price)
    except Exception:  # noqa: BLE001 - a model that is unknown, tokens that contradict each other
        return None
    return price if price.is_finite() and price >= 0 else None


@lru_cache(maxsize=1)
def _table() -> Any:
    try:
        return import_module("genai_prices")
    except Exception:  # noqa: BLE001 - not installed, or too old for this Python
        return None
