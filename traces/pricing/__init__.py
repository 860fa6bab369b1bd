"""What a call cost, from its tokens and a dated price table. Offline; no framework."""

from traces.pricing.price import PRICE_TABLE, price_call

__all__ = ["PRICE_TABLE", "price_call"]
