"""The table of a project's own prices. Rows are added and ended, never changed or removed: they are history."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models

from traces.models.access import Project


def _price(meaning: str, **options: Any) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=24, decimal_places=12, help_text=meaning, **options)


class PriceOverride(models.Model):
    """What models cost this project, in US dollars per million tokens, in place of the bundled table.

    It holds for calls from the day `valid_from` until before the day `valid_until`, both in UTC; null has no bound.
    An ended one holds until before `ended_on`; where that is null it was a mistake, and holds for no day.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="price_overrides")
    model = models.TextField(help_text="A model's name; * stands for any characters")
    provider = models.TextField(null=True, help_text="Null is any")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True, help_text="The first day it does not hold any more")
    input = _price("What a model reads")
    cache_read = _price("Read from a cache; null is paid as input", null=True)
    cache_write = _price("Written into a cache; null is paid as input", null=True)
    output = _price("What a model writes, reasoning included")
    created_by = models.TextField(help_text="user:name or key:prefix")
    created_at = models.DateTimeField()
    ended_by = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(input__gte=0, output__gte=0)
                & (models.Q(cache_read=None) | models.Q(cache_read__gte=0))
                & (models.Q(cache_write=None) | models.Q(cache_write__gte=0)),
                name="a_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_from__lt=models.F("valid_until")),
                name="a_price_holds_for_a_day_at_least",
            ),
        ]
