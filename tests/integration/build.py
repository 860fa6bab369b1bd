"""Events for tests, as short as they can be said. Plain functions with keyword arguments."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from itertools import count
from typing import Any

from deliberation.events import Event, NodeEnded, NodeObserved, NodeStarted
from deliberation.ids import make_run_id
from traces.actions.record import Recorded, Report, record
from traces.models import Project

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
NOW_NS = int(NOW.timestamp()) * 10**9
SECOND = 10**9
_numbers = count()


def new_run() -> str:
    """A run id nobody has used."""
    return make_run_id(NOW_NS, random.Random(next(_numbers)).randbytes)


def _key() -> str:
    return f"test:{next(_numbers)}"


def started(run: str, node: str, **facts: Any) -> NodeStarted:
    """A node begins."""
    return NodeStarted(**{"run": run, "key": _key(), "at": NOW_NS, "node": node, **facts})


def ended(run: str, node: str, **facts: Any) -> NodeEnded:
    """A node ends."""
    return NodeEnded(**{"run": run, "key": _key(), "at": NOW_NS + SECOND, "node": node, **facts})


def observed(run: str, node: str, **facts: Any) -> NodeObserved:
    """A node is reported whole."""
    return NodeObserved(**{"run": run, "key": _key(), "at": NOW_NS, "node": node, **facts})


def make_event(event_class: type[Event], run: str, **facts: Any) -> Any:
    """Any other event."""
    return event_class(**{"run": run, "key": _key(), "at": NOW_NS, **facts})


def make_project(slug: str = "default") -> Project:
    """A project."""
    return Project.objects.get_or_create(slug=slug, defaults={"name": slug})[0]


def put_on_record(project: Project, *events: Event, **options: Any) -> Recorded:
    """Record events of one or several runs, in the order given."""
    return record(
        reports=reports_of(project, events),
        now=NOW,
        randbytes=random.Random(1).randbytes,
        **options,
    )


def reports_of(project: Project, events: Sequence[Event]) -> list[Report]:
    """One report for each run among the events."""
    runs = dict.fromkeys(event.run for event in events)
    return [
        Report(
            project=project.pk,
            run=run,
            source="sdk",
            by="key:test",
            received_at=NOW_NS,
            events=[event for event in events if event.run == run],
        )
        for run in runs
    ]
