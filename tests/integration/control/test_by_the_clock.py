"""What beat runs: by the database's clock, every few seconds, and live pages hear of it."""

from __future__ import annotations

import pytest
from django.conf import settings

from inspector.celery import app
from tests.integration.build import SECOND
from tests.integration.control.acts import ask, beat, live_run
from tests.integration.control.said import states_of
from traces import tasks
from traces.live.publish import RunChange
from traces.models import Command, Lease
from traces.queries.clock import read_clock


@pytest.fixture
def poked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that live pages heard of."""
    runs: list[str] = []

    def note(changes: tuple[RunChange, ...]) -> None:
        runs.extend(change.run for change in changes)

    monkeypatch.setattr(tasks, "poke", note)
    return runs


def test_a_run_that_nobody_is_heard_of_is_lost(poked: list[str]) -> None:
    run, other = live_run(), live_run()
    for each in (run, other):
        beat(each)
    Lease.objects.filter(run_id=run).update(expires_ns=read_clock() - 1)
    Lease.objects.filter(run_id=other).update(expires_ns=read_clock() + 60 * SECOND)
    tasks.sweep_leases_by_the_clock()
    assert (states_of(run)[1], states_of(other)[1], poked) == ("lost", "running", [run])


def test_a_stop_that_nobody_answers_is_unconfirmed(poked: list[str]) -> None:
    run, other = live_run(), live_run()
    for each in (run, other):
        ask(each, "stop")
    Command.objects.filter(run_id=run).update(requested_ns=read_clock() - 41 * SECOND)
    Command.objects.filter(run_id=other).update(requested_ns=read_clock() - 30 * SECOND)
    tasks.escalate_commands_by_the_clock()
    assert (states_of(run)[1], states_of(other)[1], poked) == ("unconfirmed", "running", [run])


@pytest.mark.parametrize(
    "name", ["traces.sweep_leases", "traces.escalate_commands", "traces.enforce_budgets"]
)
def test_beat_rings_for_each_of_them_every_five_seconds(name: str) -> None:
    app.loader.import_default_modules()
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert (entry["task"], entry["schedule"]) == (name, 5.0)
    assert name in app.tasks
