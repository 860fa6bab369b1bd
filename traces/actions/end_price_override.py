"""End a price of a project, from a day on or altogether. The row stays as history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from traces.models import PriceOverride
from traces.queries.access import NotVisible


def end_price_override(
    *, project_ids: Collection[int], override_id: int, on: dt.date | None, by: str, now: dt.datetime
) -> PriceOverride:
    """End a price of one of these projects. Raises NotVisible.

    Calls from the day `on` (UTC) do not have it any more; None, it was a mistake and holds for no call. Those that were
    recorded with it keep it until `reprice`. What is ended can be ended earlier, and never later: what a reprice has
    undone does not come back by itself.
    """
    with transaction.atomic():
        found = (
            PriceOverride.objects.select_for_update(no_key=True)
            .filter(pk=override_id, project_id__in=project_ids)
            .first()
        )
        if found is None:
            raise NotVisible
        if found.ended_at is None or _is_earlier(on, found.ended_on):
            found.ended_by, found.ended_at, found.ended_on = by, now, on
            found.save(update_fields=["ended_by", "ended_at", "ended_on"])
    return found


def _is_earlier(day: dt.date | None, than: dt.date | None) -> bool:
    return than is not None and (day is None or day < than)
