"""A project's own prices, with those that were ended: history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from traces.models import PriceOverride
from traces.queries.access import Who, as_viewer
from traces.queries.price_lists import until

MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOverrideRow:
    """A price in a list, in US dollars per million tokens.

    `valid_until` is the first day on which it does not hold any more, its end included. `was_mistake` holds for no day.
    """

    id: int
    project: str
    model: str
    provider: str | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    input: Decimal
    cache_read: Decimal | None
    cache_write: Decimal | None
    output: Decimal
    created_by: str
    created_at: dt.datetime
    ended_by: str | None
    ended_at: dt.datetime | None
    was_mistake: bool

    @property
    def is_ended(self) -> bool:
        """Whether somebody ended it."""
        return self.ended_at is not None


SAME_NAMES = (
    "id", "model", "provider", "valid_from", "input", "cache_read", "cache_write", "output",
    "created_by", "created_at", "ended_by", "ended_at",
)  # fmt: skip


def list_price_overrides(*, who: Who, project_id: int | None = None) -> list[PriceOverrideRow]:
    """Return the prices of one project that `who` may look into, or of all: those in force first, then the newest."""
    ids = as_viewer(who).project_ids
    wanted = ids if project_id is None else ids & {project_id}
    found = PriceOverride.objects.filter(project_id__in=wanted).select_related("project")
    ordered = found.order_by(F("ended_at").desc(nulls_first=True), "-pk")
    return [row_of(row) for row in ordered[:MOST]]


def row_of(row: PriceOverride) -> PriceOverrideRow:
    """Return a row as it is shown."""
    return PriceOverrideRow(
        **{name: getattr(row, name) for name in SAME_NAMES},
        project=row.project.slug,
        valid_until=until(row),
        was_mistake=row.ended_at is not None and row.ended_on is None,
    )
