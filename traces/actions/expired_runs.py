"""Which runs were taken away for good."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from traces.models import ExpiredRun


def without_expired(run_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Return those of the runs that have no tombstone, in their order."""
    gone = set(ExpiredRun.objects.filter(run_id__in=run_ids).values_list("run_id", flat=True))
    return [run_id for run_id in run_ids if run_id not in gone]
