"""Check the time stamps of the instance's log, as an auditor would."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from deliberation.bundle.time_stamps import Authority
from deliberation.bundle.verdict import Misuse, Refusal
from traces.audit.difference import Difference
from traces.models import TimeStamp
from traces.queries.time_stamps import the_authority

AT_ONCE = 100


def recheck_stamps(log_id: uuid.UUID) -> Iterator[Difference]:
    """Yield what does not hold; nothing where no authority is configured: nobody said by whom they must be then."""
    authority = _trusted()
    if authority is None:
        return
    for held in TimeStamp.objects.select_related("checkpoint").order_by("id").iterator(AT_ONCE):
        if wrong := _wrong(held, authority):
            what = f"the time stamp over {held.checkpoint.size} entries: {wrong}"
            yield Difference(str(log_id), None, what)


def _trusted() -> Authority | None:
    asked = the_authority()
    try:
        return asked.trusted() if asked else None
    except Misuse:
        return None  # said where stamps are asked for


def _wrong(held: TimeStamp, authority: Authority) -> str | None:
    try:
        said = authority.check(bytes(held.response), held.checkpoint.note.encode())
    except Refusal as refusal:
        return str(refusal)
    if (said.at, said.by) != (held.stamped_at, held.authority):
        return f"it says {said.at} by {said.by}, and {held.stamped_at} by {held.authority} is kept"
    return None
