"""Workers that make and lock the same runs at once wait for one another, and never in a circle."""

from __future__ import annotations

import random
import threading
import uuid

import pytest
from django.db import connections

from ingest import inbox
from ingest.models import InboxEntry
from ingest.salvage import record_what_can_be
from tests.integration.build import NOW_NS, make_project, new_run, observed, put_on_record
from tests.integration.concurrency.test_inbox import put
from traces.actions import record as recording
from traces.models import Node, Project

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


class Stage:
    """Holds each worker where it has seen which runs are missing and has not made them yet."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.seen = {name: threading.Event() for name in ("early", "late")}
        self.go_on = {name: threading.Event() for name in ("early", "late")}
        self.failures: list[BaseException] = []
        make = recording._new_run

        def hold(run_id: uuid.UUID, report: recording.Report) -> object:
            name = threading.current_thread().name
            if name in self.seen:
                self.seen[name].set()
                self.go_on[name].wait(PATIENCE)
            return make(run_id, report)

        patch.setattr(recording, "_new_run", hold)

    def start(self, name: str, project: Project, *runs: str) -> threading.Thread:
        """Record an event of each run in a thread of this name."""

        def work() -> None:
            try:
                put_on_record(project, *(observed(run, name) for run in runs))
            except BaseException as error:
                self.failures.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=work, name=name)
        thread.start()
        return thread


def test_a_run_that_is_made_meanwhile_by_a_third_makes_no_circle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, stage = make_project(), Stage(monkeypatch)
    first, second = sorted(new_run() for _ in range(2))
    early = stage.start("early", project, first, second)
    assert stage.seen["early"].wait(PATIENCE)  # neither run is there
    put_on_record(project, observed(second, "third"))
    late = stage.start("late", project, first, second)
    assert stage.seen["late"].wait(PATIENCE)  # only the first is missing
    stage.go_on["early"].set()
    early.join(0.5)
    stage.go_on["late"].set()
    for thread in (early, late):
        thread.join(PATIENCE)
    assert stage.failures == []
    assert Node.objects.filter(run_id=first).count() == 2
    assert Node.objects.filter(run_id=second).count() == 3


def test_halves_of_a_broken_body_are_recorded_under_locks_taken_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locked: list[list[uuid.UUID]] = []
    lock = recording.lock_runs

    def note(ordered: list[uuid.UUID]) -> object:
        locked.append(list(ordered))
        return lock(ordered)

    monkeypatch.setattr(recording, "lock_runs", note)
    runs = sorted((new_run() for _ in range(3)), reverse=True)
    entry = put([observed(run, "a") for run in runs])
    token = uuid.uuid4()
    (claimed,) = inbox.claim(token)
    record_what_can_be(
        token, claimed, "broken", now_ns=NOW_NS, randbytes=random.Random(1).randbytes
    )
    assert locked[0] == [uuid.UUID(run) for run in sorted(runs)]
    assert Node.objects.count() == 3
    assert not InboxEntry.objects.filter(pk=entry.pk).exists()
