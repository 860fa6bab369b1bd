"""Final states are written once, whoever races for them."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connections, transaction

from deliberation.events import Event, RunEnded
from deliberation.ledger.entry import read_line
from deliberation.vocabulary import TERMINAL_STATES, ObservedState
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.integration.control.said import reported, states_of
from traces.actions.run_rows import EndedAlready, lock_runs, save_runs
from traces.models import LedgerEntry

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


def test_two_workers_that_race_for_an_end_cannot_write_over_each_other() -> None:
    project = make_project()
    for _ in range(10):
        run = new_run()
        put_on_record(project, observed(run, "a"))
        ends: list[Event] = [
            make_event(RunEnded, run, state=ObservedState.COMPLETED),
            make_event(RunEnded, run, state=ObservedState.FAILED),
            reported(run, "crashed"),
            reported(run, "cancelled"),
        ]
        together = threading.Barrier(len(ends))

        def tell(event: Event, together: threading.Barrier = together) -> None:
            together.wait(PATIENCE)
            put_on_record(project, event)
            connections.close_all()

        threads = [threading.Thread(target=tell, args=(event,)) for event in ends]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        lines = (
            LedgerEntry.objects.filter(run_id=run).order_by("seq").values_list("line", flat=True)
        )
        told = [read_line(bytes(line)) for line in lines]
        assert len(told) == 6
        assert states_of(run)[1] == told[2]["d"]["state"]


@pytest.mark.parametrize("end", sorted(TERMINAL_STATES))
@pytest.mark.parametrize("other", ["running", "completed", "crashed"])
def test_postgres_itself_refuses_to_write_over_an_end(end: ObservedState, other: str) -> None:
    run = new_run()
    put_on_record(make_project(), reported(run, end.value))

    def write_over() -> None:
        with transaction.atomic():
            row = lock_runs([uuid.UUID(run)])[uuid.UUID(run)]
            row.observed_state = other
            save_runs([row])

    if other == end.value:
        write_over()
    else:
        with pytest.raises(EndedAlready):
            write_over()
    assert states_of(run)[1] == end.value
