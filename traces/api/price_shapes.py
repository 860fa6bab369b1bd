"""The shapes of prices, and of calls that have none, in the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ninja import Field, Schema

from traces.actions.add_price_override import NewPrice
from traces.api.forms import decimal_text, rfc3339
from traces.queries.price_overrides import PriceOverrideRow
from traces.queries.unpriced import UnpricedModel


class Unpriced(Schema):
    """Calls of one model that have no price for one reason. Null is not stated."""

    project: str
    model: str | None
    provider: str | None
    why: str = Field(
        description="no_model, no_tokens, contradiction, no_price, or price_since: reprice gives it"
    )
    calls: int
    runs: int
    input_tokens: int | None
    output_tokens: int | None
    first_at: str | None
    last_at: str | None

    @classmethod
    def of(cls, row: UnpricedModel) -> Unpriced:
        """Return the shape of a row."""
        same = ("project", "model", "provider", "calls", "runs", "input_tokens", "output_tokens")
        return cls(
            **{name: getattr(row, name) for name in same},
            why=row.why.value,
            first_at=rfc3339(row.first_ns),
            last_at=rfc3339(row.last_ns),
        )


class UnpricedModels(Schema):
    """Models whose calls have no price, most calls first; there is never a next page."""

    items: list[Unpriced]
    next: str | None


class OverrideToAdd(Schema):
    """A price to be added: US dollars per million tokens, as decimal strings. Null of a cache price: paid as input."""

    project: str | None = Field(default=None, description="Only for who is in several")
    model: str = Field(description="A name; * stands for any characters", examples=["gpt-4o*"])
    provider: str | None = None
    valid_from: date | None = None
    valid_until: date | None = Field(default=None, description="The first day it does not hold")
    input: Decimal = Field(examples=["2.50"])
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    output: Decimal = Field(examples=["10"])

    def price(self) -> NewPrice:
        """Return what is to be added."""
        return NewPrice(**{name: getattr(self, name) for name in NewPrice.__slots__})


class End(Schema):
    """When a price ends. Null: it was a mistake, and holds for no call."""

    on: date | None = Field(description="The first day it does not hold any more, in UTC")


class Override(Schema):
    """A project's own price, for calls from `valid_from` until before `valid_until`, unless it was a mistake."""

    id: int
    project: str
    model: str
    provider: str | None
    valid_from: date | None
    valid_until: date | None
    input: str
    cache_read: str | None
    cache_write: str | None
    output: str
    created_by: str
    created_at: str
    ended_by: str | None
    ended_at: str | None
    was_mistake: bool

    @classmethod
    def of(cls, row: PriceOverrideRow) -> Override:
        """Return the shape of a price."""
        values = {name: getattr(row, name) for name in cls.model_fields}
        for name in ("input", "cache_read", "cache_write", "output"):
            values[name] = decimal_text(values[name])
        for name in ("created_at", "ended_at"):
            values[name] = values[name] and values[name].isoformat()
        return cls(**values)


class Overrides(Schema):
    """The prices of projects, those in force first; there is never a next page."""

    items: list[Override]
    next: str | None
