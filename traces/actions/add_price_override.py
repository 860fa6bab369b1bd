"""Give a project a price of its own for some models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from traces.models import PriceOverride, Project
from traces.queries.access import is_storable

MAX_NAME_CHARS = 200
MAX_IN_FORCE = 500
"""Of one project: whoever prices reads all of them."""
MOST = Decimal(10**6)
"""Dollars per million tokens."""
DECIMALS = 12
EARLIEST = dt.date(1970, 1, 1)
PRICES = ("input", "cache_read", "cache_write", "output")


class NotAPrice(ValueError):
    """What was given is no price. `field` names what is wrong, the message says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """US dollars per million tokens, for models that fit `model`, of one provider or any, on some days or all."""

    model: str
    provider: str | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    input: Decimal
    cache_read: Decimal | None
    cache_write: Decimal | None
    output: Decimal


def add_price_override(
    *, project_id: int, price: NewPrice, by: str, now: dt.datetime
) -> PriceOverride:
    """Add a price; calls recorded from now on have it. Raises NotAPrice. The same again is the one that stands.

    What was recorded before is `reprice`'s.
    """
    checked = _checked(price)
    with transaction.atomic():
        # Two at once, as from a form that was sent twice, wait for one another.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        in_force = PriceOverride.objects.filter(
            Q(ended_at=None) | Q(ended_on__isnull=False), project_id=project_id
        )
        same = in_force.filter(_is(checked), ended_at=None).first()
        if same is not None:
            return same
        if in_force.count() >= MAX_IN_FORCE:
            raise NotAPrice(
                "model",
                gettext("A project has at most {most} prices of its own.").format(
                    most=MAX_IN_FORCE
                ),
            )
        return PriceOverride.objects.create(
            project_id=project_id, created_by=by, created_at=now, **checked
        )


def _checked(price: NewPrice) -> dict[str, Any]:
    """Return the columns of a price that can be kept. Raises NotAPrice."""
    _check_days(price.valid_from, price.valid_until)
    checked: dict[str, Any] = {
        "model": _name("model", price.model),
        "provider": None if price.provider is None else _name("provider", price.provider),
        "valid_from": price.valid_from,
        "valid_until": price.valid_until,
    }
    for name in PRICES:
        amount = getattr(price, name)
        checked[name] = None if amount is None else _price(name, amount)
    return checked


def _is(columns: dict[str, Any]) -> Q:
    return Q(
        **{
            f"{name}__isnull" if value is None else name: True if value is None else value
            for name, value in columns.items()
        }
    )


def _name(field: str, text: str) -> str:
    name = text.strip()
    if not name or len(name) > MAX_NAME_CHARS or not name.isprintable() or not is_storable(name):
        raise NotAPrice(
            field,
            gettext("A name has 1 to {most} printable characters.").format(most=MAX_NAME_CHARS),
        )
    return name


def _price(field: str, amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise NotAPrice(
            field, gettext("A price is a number from 0 to {most:,} dollars.").format(most=MOST)
        )
    if amount != amount.quantize(Decimal(1).scaleb(-DECIMALS)):
        raise NotAPrice(
            field, gettext("A price has at most {decimals} decimals.").format(decimals=DECIMALS)
        )
    return amount


def _check_days(valid_from: dt.date | None, valid_until: dt.date | None) -> None:
    for field, day in (("valid_from", valid_from), ("valid_until", valid_until)):
        if day is not None and day < EARLIEST:
            raise NotAPrice(field, gettext("There were no calls before 1970."))
    if valid_from is not None and valid_until is not None and valid_from >= valid_until:
        raise NotAPrice("valid_until", gettext("The price ends before it holds for a day."))
