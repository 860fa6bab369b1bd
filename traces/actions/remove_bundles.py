"""Delete the files of bundles whose time is over, and those that a worker left behind when it died."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.utils.timezone import now

from traces.models import Bundle
from traces.models.bundle import BundleStatus
from traces.queries.bundle_files import bundle_storage

LEFT_SECONDS = 24 * 3600
"""After a day nobody still writes a file that no row names."""


def expire_bundles(*, now_ns: int) -> int:
    """Delete what has expired; return how many. The row goes first: nobody is led to a file that is not there."""
    due = Bundle.objects.filter(status=BundleStatus.READY, expires_ns__lte=now_ns)
    names: dict[Any, str | None] = dict(due.values_list("pk", "file"))
    for bundle_id, name in names.items():
        Bundle.objects.filter(pk=bundle_id).update(status=BundleStatus.EXPIRED)
        if name:
            bundle_storage().delete(name)
    return len(names)


def remove_left_behind() -> int:
    """Delete files that no bundle has; return how many."""
    storage = bundle_storage()
    known = set(Bundle.objects.filter(status=BundleStatus.READY).values_list("file", flat=True))
    limit = now() - dt.timedelta(seconds=LEFT_SECONDS)
    found = storage.listdir("")[1] if _is_there() else []
    left = [
        name
        for name in found
        if name.endswith(".zip") and name not in known and storage.get_modified_time(name) < limit
    ]
    for name in left:
        storage.delete(name)
    return len(left) + _remove_parts()


def _is_there() -> bool:
    try:
        bundle_storage().listdir("")
    except FileNotFoundError:
        return False
    return True


def _remove_parts() -> int:
    parts = list((settings.DATA_DIR / "exports").glob("*.part"))
    left = [each for each in parts if each.stat().st_mtime < time.time() - LEFT_SECONDS]
    for each in left:
        each.unlink(missing_ok=True)
    return len(left)
