"""Which import is read by whom. One at a time, so that files of the past never hold up what arrives now.

Guarantee: a worker that died loses its claim after LEASE_SECONDS, and another reads the import from the beginning;
one that was only slow finds at its next `renew` that the claim is gone, and stops. An import that ended its worker
MAX_ATTEMPTS times is given up.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from ingest.models import Import, ImportState

LEASE_SECONDS = 60
MAX_ATTEMPTS = 5
ENDED_ITS_WORKER = (
    f"reading it was begun {MAX_ATTEMPTS} times and never came to an end: the worker died each time"
)


class LostImport(Exception):
    """Another worker took the import over."""


def claim(token: uuid.UUID) -> Import | None:
    """Take the oldest import that nobody reads, unless somebody reads another. None when there is none."""
    unfinished = Import.objects.filter(state__in=[ImportState.WAITING, ImportState.READING])
    if unfinished.filter(claimed_until__gt=Now()).exists():
        return None
    found = unfinished.order_by("uploaded_ns", "pk").first()
    if found is None:
        return None
    # Two workers may have found the same one: the row's lock lets one update it, and the other sees the claim.
    free = Import.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=Now()),
        pk=found.pk,
        state__in=[ImportState.WAITING, ImportState.READING],
    )
    taken = free.update(
        state=ImportState.READING,
        token=token,
        claimed_until=_lease(),
        attempts=found.attempts + 1,
        files_read=0,
        run_count=0,
    )
    return Import.objects.get(pk=found.pk) if taken else None


def renew(claimed: Import, **progress: Any) -> None:
    """Keep the claim and say how far reading is. Raises `LostImport`."""
    _update(claimed, claimed_until=_lease(), **progress)


def release(claimed: Import, seconds: float) -> None:
    """Give the import back, to be read again after so many seconds, as if this attempt had not been."""
    again = Now() + dt.timedelta(seconds=seconds)
    _update(claimed, claimed_until=again, token=None, attempts=claimed.attempts - 1)


def end(claimed: Import, state: ImportState, now_ns: int, **outcome: Any) -> None:
    """Say how it ended. Raises `LostImport`."""
    _update(
        claimed,
        state=state,
        ended_ns=now_ns,
        token=None,
        claimed_until=None,
        reading=None,
        **outcome,
    )


def _update(claimed: Import, **values: Any) -> None:
    held = Import.objects.filter(
        pk=claimed.pk, token=claimed.token, state=ImportState.READING
    ).update(**values)
    if not held:
        raise LostImport(f"import {claimed.pk} is another worker's now")


def _lease() -> Any:
    return Now() + dt.timedelta(seconds=LEASE_SECONDS)
