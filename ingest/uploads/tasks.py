"""The sweep of imports. It carries nothing: what is to be read stands in the rows."""

from __future__ import annotations

import logging
import os
import time

from celery import shared_task

from ingest.tasks import drain
from ingest.uploads.read import read_next, remove_abandoned

log = logging.getLogger(__name__)


@shared_task(name="ingest.read_imports")
def read_imports() -> None:
    """Read until no import waits."""
    while read_next(clock=time.time_ns, randbytes=os.urandom, let_others=record_what_arrived):
        pass


def record_what_arrived() -> None:
    """Empty the inbox: what arrives now does not wait for files of the past. Its troubles are not the import's."""
    try:
        drain()
    except Exception:
        log.exception("between two pieces of an import")


@shared_task(name="ingest.remove_abandoned_uploads")
def remove_abandoned_uploads() -> None:
    """Delete what was left lying by uploads that never became an import."""
    remove_abandoned()
