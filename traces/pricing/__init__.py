"""What a call cost, from its tokens and dated prices: a project's own, or a bundled table's. Offline; no framework."""

from traces.pricing.override import Override
from traces.pricing.price import PRICE_TABLE, price_call
from traces.pricing.price_list import BUNDLED, PriceList

__all__ = ["BUNDLED", "PRICE_TABLE", "Override", "PriceList", "price_call"]
