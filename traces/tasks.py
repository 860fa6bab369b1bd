"""What runs by the clock."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from traces.actions.make_partitions import make_partitions


@shared_task(name="traces.make_partitions")
def make_partitions_ahead() -> None:
    """Keep three months of partitions ahead of the clock."""
    make_partitions(today=dt.datetime.now(dt.UTC).date())
