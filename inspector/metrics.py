"""The figures of ingest, as Prometheus reads them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db.models import Min, Sum

from ingest.models import DeadLetter, InboxEntry, RecordedTally


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestFigures:
    """Bodies pending, the age of the oldest in seconds (None when nothing waits), events recorded
    since the beginning, and bodies that could not be read.
    """

    pending: int
    oldest_pending_seconds: float | None
    recorded: int
    dead_letters: int


def read_ingest() -> IngestFigures:
    """Four small queries; synchronous."""
    oldest = InboxEntry.objects.aggregate(oldest=Min("received_ns"))["oldest"]
    return IngestFigures(
        pending=InboxEntry.objects.count(),
        oldest_pending_seconds=None if oldest is None else (time.time_ns() - oldest) / 1e9,
        recorded=RecordedTally.objects.aggregate(events=Sum("events"))["events"] or 0,
        dead_letters=DeadLetter.objects.filter(retried_at=None).count(),
    )


def render_metrics(figures: IngestFigures) -> str:
    """Prometheus' text format, one HELP and TYPE for each figure."""
    rows = [
        ("inspector_ingest_pending", "gauge", "Bodies not yet recorded.", figures.pending),
        (
            "inspector_ingest_oldest_pending_seconds",
            "gauge",
            "Age of the oldest of them.",
            round(figures.oldest_pending_seconds or 0.0, 3),
        ),
        ("inspector_events_recorded_total", "counter", "Events recorded.", figures.recorded),
        ("inspector_dead_letters", "gauge", "Bodies that cannot be read.", figures.dead_letters),
    ]
    return "".join(
        f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}\n"
        for name, kind, text, value in rows
    )
