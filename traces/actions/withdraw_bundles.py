"""Withdraw the bundles of a run that lie here for download: a text in them must go.

Guarantee: in the caller's transaction no row leads to such a file any more; the files go when it is committed. A
process that dies in between leaves files that no row names, which `remove_bundles` deletes after a day.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from traces.actions.raw_copies import StillArriving
from traces.models import Bundle
from traces.models.bundle import UNFINISHED, BundleStatus
from traces.queries.bundle_files import bundle_storage


def withdraw_bundles(run_id: uuid.UUID) -> int:
    """Withdraw them; return how many. Raises StillArriving while one is being written."""
    bundles = Bundle.objects.select_for_update().filter(run_id=run_id)
    if bundles.filter(status__in=UNFINISHED).exists():
        raise StillArriving("a bundle of this run is being written: wait for it, or cancel it")
    ready = list(bundles.filter(status=BundleStatus.READY))
    Bundle.objects.filter(pk__in=[each.pk for each in ready]).update(status=BundleStatus.EXPIRED)
    names = [each.file for each in ready if each.file]
    transaction.on_commit(lambda: _delete(names))
    return len(ready)


def _delete(names: list[str]) -> None:
    for name in names:
        bundle_storage().delete(name)
