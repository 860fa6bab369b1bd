"""Note whether checkpoints are signed, for the health page."""

from __future__ import annotations

import datetime as dt

from traces.actions.tell_instance import read_log
from traces.models import InstanceLog

FRESH = dt.timedelta(seconds=20)
"""A row that says the same and is younger is not written again."""


def note_trouble(sentence: str | None, *, now: dt.datetime, name: str | None = None) -> None:
    """Note why nothing is signed, since when; None when the signer answers, under the name that it says."""
    row = read_log()
    is_same = row.trouble == sentence and (name is None or row.name == name)
    if is_same and row.looked_at and now - row.looked_at < FRESH:
        return
    since = None if sentence is None else (row.trouble_since if row.trouble else now)
    fields = {"trouble": sentence, "trouble_since": since, "looked_at": now}
    if name is not None:
        fields["name"] = name
    InstanceLog.objects.filter(pk=InstanceLog.ONLY).update(**fields)
