"""Note that a key was used."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from traces.models import ApiKey
from traces.models.access import USE_TOLD_EVERY


def note_use(key: ApiKey, *, now: dt.datetime) -> None:
    """Write down when a key was used last, unless what is written is nearly true."""
    before = now - USE_TOLD_EVERY
    if key.used_at is None or key.used_at < before:
        stale = Q(used_at=None) | Q(used_at__lt=before)
        ApiKey.objects.filter(stale, pk=key.pk).update(used_at=now)
