"""The sweep of imports. It carries nothing: what is to be read stands in the rows."""

from __future__ import annotations

import os
import time

from celery import shared_task

from ingest.uploads.read import read_next, remove_abandoned


@shared_task(name="ingest.read_imports")
def read_imports() -> None:
    """Read until no import waits."""
    while read_next(clock=time.time_ns, randbytes=os.urandom):
        pass


@shared_task(name="ingest.remove_abandoned_uploads")
def remove_abandoned_uploads() -> None:
    """Delete what was left lying by uploads that never became an import."""
    remove_abandoned()
