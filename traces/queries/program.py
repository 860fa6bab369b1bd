"""What program a run is of, as its ledger tells."""

from __future__ import annotations

import json
import uuid
from typing import Any

from deliberation.events import RunStarted
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.ledger import read_entries


def has_program(*, who: Who, run_id: str | uuid.UUID) -> bool:
    """Whether a run names what it can be begun again by. Raises NotVisible."""
    return see_run(who, run_id).entry_point is not None


def read_parameters(run: Run) -> dict[str, Any] | None:
    """Return what the program's function was called with, by name; None where nobody can tell any more."""
    if run.program_seq is None:
        return None
    for entry in read_entries(run.pk, [run.program_seq]):
        event = entry.event
        if isinstance(event, RunStarted) and event.parameters is not None:
            return _object(event.parameters)
    return None


def _object(text: str) -> dict[str, Any] | None:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return plain if isinstance(plain, dict) else None
