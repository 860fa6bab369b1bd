"""run.opened"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required

OPENING_KEY = "opened"
"""The key of a run's first entry. Only the server may use it: another fact under it could not be recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOpened(Event):
    """The server heard of a run for the first time. Always the first entry of a run's ledger."""

    KIND: ClassVar[str] = "run.opened"

    source: str = required("The door it came through: sdk, otlp or import.")
    project: str = required("The project that owns the run.")
    trace_id: str | None = fact("The OpenTelemetry trace it stands for, as 32 hex digits.")
    importer: str | None = fact("The file format, when a file was imported.")
