"""The prices of projects, read anew by whoever prices a portion of calls."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import F, Q

from traces.models import PriceOverride
from traces.pricing import Override, PriceList


def load_price_lists(projects: Collection[int]) -> dict[int, PriceList]:
    """Return the price list of each project, in one query. What holds for no day is not read."""
    found: defaultdict[int, list[Override]] = defaultdict(list)
    for row in PriceOverride.objects.filter(HOLDS_SOME_DAY, project_id__in=projects):
        found[row.project_id].append(override_of(row))
    return {project: PriceList(found[project]) for project in projects}


HOLDS_SOME_DAY = Q(ended_at=None) | Q(ended_on__isnull=False) & (
    Q(valid_from=None) | Q(ended_on__gt=F("valid_from"))
)


def override_of(row: PriceOverride) -> Override:
    """Return a row as a price that can be computed with."""
    return Override(
        id=row.pk,
        model=row.model,
        provider=row.provider,
        valid_from=row.valid_from,
        valid_until=until(row),
        input=row.input,
        cache_read=row.cache_read,
        cache_write=row.cache_write,
        output=row.output,
        created_on=row.created_at.astimezone(dt.UTC).date(),
    )


def until(row: PriceOverride) -> dt.date | None:
    """Return the first day on which it does not hold any more: the one it was given, or ended on if that is earlier."""
    days = [day for day in (row.valid_until, row.ended_on) if day is not None]
    return min(days, default=None)
