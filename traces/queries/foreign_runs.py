"""Runs that came in a bundle: where from, and what the verifier said of it."""

from __future__ import annotations

import uuid

from traces.models import ForeignRun
from traces.queries.access import Who, see_run


def find_foreign(*, who: Who, run_id: str | uuid.UUID) -> ForeignRun | None:
    """Return where a run comes from, None for one of this installation. Raises NotVisible."""
    return ForeignRun.objects.filter(pk=see_run(who, run_id).pk).first()
