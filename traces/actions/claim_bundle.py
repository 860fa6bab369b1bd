"""Which export is written by whom. One at a time, so that exports never hold up what arrives now.

Guarantee: a worker that died loses its claim after LEASE_SECONDS, and another writes the bundle from the beginning;
one that was only slow, and one whose export was cancelled, finds out at its next `renew` and stops. An export that
ended its worker MAX_ATTEMPTS times is given up.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from traces.models import Bundle
from traces.models.bundle import UNFINISHED, BundleStatus

LEASE_SECONDS = 60
MAX_ATTEMPTS = 3


class LostBundle(Exception):
    """The export is another worker's now, or was cancelled."""


def claim_bundle(token: uuid.UUID) -> Bundle | None:
    """Take the oldest export that nobody writes, unless somebody writes another. None when there is none."""
    unfinished = Bundle.objects.filter(status__in=UNFINISHED)
    if unfinished.filter(claimed_until__gt=Now()).exists():
        return None
    found = unfinished.order_by("asked_ns", "pk").first()
    if found is None:
        return None
    # Two workers may have found the same one: the row's lock lets one update it, and the other sees the claim.
    free = unfinished.filter(Q(claimed_until=None) | Q(claimed_until__lte=Now()), pk=found.pk)
    taken = free.update(
        status=BundleStatus.WRITING,
        token=token,
        claimed_until=_lease(),
        attempts=found.attempts + 1,
        entries_done=0,
    )
    return Bundle.objects.get(pk=found.pk) if taken else None


def renew(claimed: Bundle, **progress: Any) -> None:
    """Keep the claim and say how far writing is. Raises `LostBundle`."""
    _update(claimed, claimed_until=_lease(), **progress)


def release(claimed: Bundle, seconds: float) -> None:
    """Give the export back, to be written after so many seconds, as if this attempt had not been."""
    again = Now() + dt.timedelta(seconds=seconds)
    _update(claimed, claimed_until=again, token=None, attempts=claimed.attempts - 1)


def end(claimed: Bundle, status: BundleStatus, now_ns: int, **outcome: Any) -> None:
    """Say how it ended. Raises `LostBundle`."""
    _update(claimed, status=status, ended_ns=now_ns, token=None, claimed_until=None, **outcome)


def _update(claimed: Bundle, **values: Any) -> None:
    held = Bundle.objects.filter(
        pk=claimed.pk, token=claimed.token, status=BundleStatus.WRITING
    ).update(**values)
    if not held:
        raise LostBundle(f"bundle {claimed.pk} was cancelled, or is another worker's now")


def _lease() -> Any:
    return Now() + dt.timedelta(seconds=LEASE_SECONDS)
