"""A doorbell and a sweep. Celery carries no data: what is to be done stands in the inbox."""

from __future__ import annotations

import gc
import os
import time
from functools import cache

from celery import shared_task
from django.conf import settings

from ingest import inbox
from ingest.process import drain_once
from traces.actions.end_quiet_runs import end_quiet_runs
from traces.actions.place_verdicts import ALL, place_verdicts
from traces.actions.settle_responses import settle_responses
from traces.live.publish import poke
from traces.tasks import seal_beside

PASS_LIMIT = 200  # then another ring takes over, so that a worker sees its signals
YOUNG_OBJECTS = 100_000


@shared_task(name="ingest.drain")
def drain() -> None:
    """Record until the inbox is empty."""
    calm_collector()
    for _ in range(PASS_LIMIT):
        seal_beside()  # the clock's own request may wait behind this for long
        if not drain_once(now_ns=time.time_ns(), randbytes=os.urandom):
            return
    drain.apply_async(retry=False)


@shared_task(name="ingest.sweep")
def sweep() -> None:
    """Record what no doorbell announced, and settle what a worker died over: rings are lost, Redis is flushed."""
    poke(settle_responses())
    drain()


@shared_task(name="ingest.end_quiet_runs")
def end_runs_that_are_quiet() -> None:
    """Take runs to be over that have been silent for long, but not for what still waits in the inbox."""
    now_ns = time.time_ns()
    changes = end_quiet_runs(
        quiet_seconds=settings.QUIET_AFTER_SECONDS,
        heard_until=inbox.recorded_until(now_ns),
        now_ns=now_ns,
        randbytes=os.urandom,
    )
    poke(changes)


@shared_task(name="ingest.place_verdicts")
def place_late_verdicts() -> None:
    """Tell verdicts at their nodes whose runs have come since: after a pass only the newest are looked at."""
    poke(place_verdicts(now_ns=time.time_ns(), randbytes=os.urandom, newest=ALL))


@cache
def calm_collector() -> None:
    """Make Python look for cycles less often: a pass makes a million objects and no cycles (8 % of its time)."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 50, 50)
