"""The figures of ingest, of signing and of the ledger checks, as Prometheus reads them."""

from __future__ import annotations

import datetime as dt
import time

from ingest import inbox
from ingest.inbox import InboxState
from traces.models import LedgerCheck
from traces.queries.custody import count_unsigned
from traces.queries.ledger_checks import last_check


def read_ingest() -> InboxState:
    """How far behind recording is, now; synchronous."""
    return inbox.state(time.time_ns())


def read_metrics() -> str:
    """All figures, as Prometheus reads them; synchronous."""
    unsigned = count_unsigned(now=dt.datetime.now(dt.UTC))
    return render_metrics(read_ingest(), last_check(), unsigned)


def render_metrics(figures: InboxState, check: LedgerCheck | None, unsigned: int) -> str:
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
        (
            "inspector_unsigned_runs",
            "gauge",
            "Runs that wait for a signature longer than they should.",
            unsigned,
        ),
    ]
    if check is not None and check.ended_at is not None:
        rows += [
            (
                "inspector_ledger_differing_runs",
                "gauge",
                "Runs whose ledger the last check found changed.",
                check.differing_runs,
            ),
            (
                "inspector_ledger_checked_timestamp_seconds",
                "gauge",
                "When that check ended.",
                int(check.ended_at.timestamp()),
            ),
        ]
    return "".join(
        f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}\n"
        for name, kind, text, value in rows
    )
