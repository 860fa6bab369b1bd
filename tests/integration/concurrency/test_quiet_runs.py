"""Two sweeps for quiet runs at once, and facts that arrive while one sweeps."""

from __future__ import annotations

import threading
import uuid

from django.db import connections, transaction

from tests.integration.build import (
    NOW,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.integration.test_quiet_runs import QUIET, sweep
from traces.actions.run_rows import lock_runs
from traces.models import LedgerEntry, Run

WAIT_SECONDS = 20


def test_four_sweeps_at_once_infer_once() -> None:
    project = make_project()
    for _ in range(30):
        put_on_record(project, observed(new_run(), "a"))
    counts: list[int] = []
    together = threading.Barrier(4)

    def work() -> None:
        try:
            together.wait(WAIT_SECONDS)
            counts.append(sweep(QUIET + 1))
        finally:
            connections.close_all()

    sweeps = [threading.Thread(target=work) for _ in range(4)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join(WAIT_SECONDS)
    assert sorted(counts) == [0, 0, 0, 30]
    assert LedgerEntry.objects.filter(key__startswith="quiet:").count() == 30


def test_a_fact_that_is_being_recorded_breaks_the_silence() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "a"))
    found = threading.Event()
    counts: list[int] = []

    def work() -> None:
        try:
            found.set()
            counts.append(sweep(QUIET + 1))
        finally:
            connections.close_all()

    with transaction.atomic():
        lock_runs([uuid.UUID(run)])
        sweeping = threading.Thread(target=work)
        sweeping.start()
        found.wait(WAIT_SECONDS)
        put_on_record(project, observed(run, "b"))
        Run.objects.filter(pk=run).update(heard_at=NOW.replace(hour=13))
    sweeping.join(WAIT_SECONDS)
    assert counts == [0]
    row = Run.objects.get()
    assert (row.observed_state, row.end_inferred, row.nodes) == ("running", False, 2)
