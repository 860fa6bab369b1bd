"""The sweep of exports. It carries nothing: what is to be written stands in the rows."""

from __future__ import annotations

import os
import time

from celery import shared_task

from ingest.uploads.tasks import record_what_arrived
from traces.actions.export_bundle import export_next
from traces.actions.remove_bundles import expire_bundles, remove_left_behind
from traces.queries.signer import the_signer


@shared_task(name="ingest.export_bundles")
def export_bundles() -> None:
    """Write until no export waits. What arrives meanwhile is recorded between two portions."""
    while export_next(
        clock=time.time_ns,
        randbytes=os.urandom,
        signer=the_signer(),
        let_others=record_what_arrived,
    ):
        pass


@shared_task(name="ingest.remove_bundles")
def remove_bundles() -> None:
    """Delete bundles whose time is over, and files that no bundle has."""
    expire_bundles(now_ns=time.time_ns())
    remove_left_behind()
