"""Say something of a run: what a person says becomes an entry of its ledger, once for each form that they send.

Guarantee: under the lock of the run's row, in one transaction, entry and row together or neither. The form's ticket is
the key of the entry: sent twice, by a double click or after an answer that was lost, it says it once.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from deliberation.events import Event
from deliberation.ledger.entry import read_line
from traces.actions.conflict import Conflict, Unfit
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.models import LedgerEntry
from traces.projection.states import RunState
from traces.queries.access import is_storable

TICKET = re.compile(r"[A-Za-z0-9._:-]{1,36}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Who says something of which run, on which form, and when (ns since 1970)."""

    run_id: uuid.UUID
    by: str
    ticket: str
    now_ns: int
    randbytes: Randbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The entry in which it stands; None where there was nothing to say. `changes` are for live pages."""

    seq: int | None
    changes: Changes = ()


def say(speech: Speech, make: Callable[[RunState, str], Event | None]) -> Said:
    """Record what `make` returns for the run as it stands and the key it is given; None says nothing.

    Raises Unfit for a ticket that is none, NotVisible for an unknown run, Conflict where somebody else has used the
    ticket, and whatever `make` raises. What the same person said on this ticket before stands, whatever comes with it.
    """
    if not TICKET.fullmatch(speech.ticket):
        raise Unfit("ticket", gettext("must have 1 to 36 letters, digits and . _ : -"))
    key = control_key("said", speech.ticket)
    with transaction.atomic():
        run = lock_run(speech.run_id)
        known = LedgerEntry.objects.filter(run_id=run.id, key=key).first()
        if known is None:
            event = make(run, key)
            if event is None:
                return Said(seq=None)
            changes = tell_run(
                run, [event], by=speech.by, now_ns=speech.now_ns, randbytes=speech.randbytes
            )
            return Said(seq=run.size, changes=changes)
    if read_line(bytes(known.line))["by"] != speech.by:
        raise Conflict(gettext("somebody else has used this ticket"), run)
    return Said(seq=known.seq)


def check_text(field: str, text: str, limit: int, *, least: int = 1) -> str:
    """Return a text as it is kept, without blanks around it. Raises Unfit for one that cannot be kept."""
    kept = text.replace("\r\n", "\n").strip()
    if not least <= len(kept) <= limit:
        sentence = gettext("must have {least} to {most} characters")
        raise Unfit(field, sentence.format(least=f"{least:,}", most=f"{limit:,}"))
    if not is_storable(kept):
        raise Unfit(field, gettext("holds characters that are none"))
    return kept
