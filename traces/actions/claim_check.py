"""Which check of a run is made by whom. One at a time, so that checks never hold up what arrives now.

Guarantee: a worker that died loses its claim after LEASE_SECONDS, and another checks from the beginning; one that was
only slow finds out when it next tells how far it is, and stops.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.functions import Now

from traces.models import RunCheck

LEASE_SECONDS = 120
TELL_SECONDS = 0.5
TELL = """
UPDATE traces_runcheck SET entries_done = %s, claimed_until = statement_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND token = %s AND ended_ns IS NULL"""


class LostCheck(Exception):
    """The check is another worker's now, or its run was taken away."""


def claim_check(token: uuid.UUID) -> RunCheck | None:
    """Take the oldest check that nobody makes, unless somebody makes another. None when there is none."""
    unfinished = RunCheck.objects.filter(ended_ns=None)
    if unfinished.filter(claimed_until__gt=Now()).exists():
        return None
    found = unfinished.order_by("asked_ns", "pk").first()
    if found is None:
        return None
    # Two workers may have found the same one: the row's lock lets one update it, and the other sees the claim.
    free = unfinished.filter(Q(claimed_until=None) | Q(claimed_until__lte=Now()), pk=found.pk)
    taken = free.update(
        token=token,
        claimed_until=Now() + dt.timedelta(seconds=LEASE_SECONDS),
        attempts=found.attempts + 1,
        entries_done=0,
    )
    return RunCheck.objects.get(pk=found.pk) if taken else None


def end_check(claimed: RunCheck, **outcome: Any) -> None:
    """Say how it ended. Raises `LostCheck`."""
    held = RunCheck.objects.filter(pk=claimed.pk, token=claimed.token, ended_ns=None)
    if not held.update(token=None, claimed_until=None, **outcome):
        raise LostCheck(f"check {claimed.pk} is another worker's now")


@dataclass(slots=True)
class Progress:
    """Keeps a claim and says how far the check is, over a connection of its own: the check reads one snapshot."""

    claimed: RunCheck
    beside: BaseDatabaseWrapper
    told_at: float = float("-inf")

    def tell(self, done: int) -> None:
        """Say that so many entries are done, now and then. Raises `LostCheck`."""
        if time.monotonic() - self.told_at < TELL_SECONDS:
            return
        self.told_at = time.monotonic()
        with self.beside.cursor() as cursor:
            cursor.execute(TELL, [done, LEASE_SECONDS, self.claimed.pk, self.claimed.token])
            if not cursor.rowcount:
                raise LostCheck(f"check {self.claimed.pk} is another worker's now")


@contextmanager
def telling(claimed: RunCheck) -> Iterator[Progress]:
    """Open the connection over which progress is told, and close it."""
    beside = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield Progress(claimed, beside)
    finally:
        beside.close()
