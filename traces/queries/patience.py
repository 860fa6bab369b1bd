"""How long control waits for whom, by name; the settings page says what each is for."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Durations in ns."""

    lease: int
    heartbeat: int
    crashed_after: int
    overdue_after: int
    kill_after: int
    unconfirmed_after: int


def patience() -> Patience:
    """Return what the settings say now."""
    return Patience(
        lease=settings.LEASE_SECONDS * SECOND,
        heartbeat=settings.HEARTBEAT_SECONDS * SECOND,
        crashed_after=settings.CRASHED_AFTER_SECONDS * SECOND,
        overdue_after=settings.OVERDUE_AFTER_SECONDS * SECOND,
        kill_after=settings.KILL_AFTER_SECONDS * SECOND,
        unconfirmed_after=settings.UNCONFIRMED_AFTER_SECONDS * SECOND,
    )
