"""Keep what a selfcheck found, for the page that shows it; the oldest ones go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from traces.models import Selfcheck

KEPT = 20


def keep_selfcheck(
    *,
    now: dt.datetime,
    seconds: float,
    figures: Sequence[dict[str, Any]],
    absent: Sequence[str],
    troubles: Sequence[str],
) -> None:
    """Write down one check. Two at once are two checks."""
    with transaction.atomic():
        Selfcheck.objects.create(
            checked_at=now,
            seconds=seconds,
            figures=list(figures),
            absent=list(absent),
            troubles=list(troubles),
        )
        kept = Selfcheck.objects.order_by("-id").values_list("id", flat=True)[:KEPT]
        Selfcheck.objects.exclude(id__in=list(kept)).delete()
