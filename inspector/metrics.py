"""The figures of ingest, as Prometheus reads them."""

from __future__ import annotations

import time

from ingest import inbox
from ingest.inbox import InboxState


def read_ingest() -> InboxState:
    """How far behind recording is, now; synchronous."""
    return inbox.state(time.time_ns())


def render_metrics(figures: InboxState) -> str:
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
        (
            "inspector_dead_letters",
            "gauge",
            "Bodies that could not be recorded.",
            figures.dead_letters,
        ),
    ]
    return "".join(
        f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}\n"
        for name, kind, text, value in rows
    )
