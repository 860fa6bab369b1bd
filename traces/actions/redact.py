"""Redact: delete texts of a run for good, each by an entry that says who did it and why.

Guarantee: one transaction under the run's lock. When it returns, the entries stand, and the texts and their salts are
in no table; before that, nothing has changed. The form's ticket is the key: sent twice, it redacts once. Lines keep
their commitments, so that the ledger and every bundle made of it still verify. What is not reached: docs/retention.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from deliberation.events import PartRedacted
from deliberation.ledger.entry import read_line
from deliberation.vocabulary import RedactionRule
from deliberation.vocabulary.control import ActorKind
from traces.actions.conflict import Conflict, Unfit
from traces.actions.erase_texts import erase_places
from traces.actions.raw_copies import StillArriving
from traces.actions.say import TICKET, Speech, check_text
from traces.actions.settle_responses import settle_responses
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.actions.tell_run import Changes, control_key, lock_run, tell_run
from traces.audit.instance_kinds import InstanceKind
from traces.models import LedgerEntry
from traces.projection.states import RunState
from traces.queries.access import NotAllowed
from traces.queries.legal_holds import is_held
from traces.queries.same_texts import Place, find_same, read_text

MAX_REASON_CHARS, MAX_BASIS_CHARS = 2_000, 200
MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Which text is to go, why, and whether everywhere in the run where exactly the same text stands."""

    place: Place
    everywhere: bool
    rule: RedactionRule
    basis: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """The entries that say so, the texts that are gone, and how many copies outside the ledger went with them."""

    seqs: Sequence[int]
    places: Sequence[Place]
    copies: int = 0
    changes: Changes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """That a second person agreed to what somebody had asked for."""

    asked_by: str
    agreed_by: str
    request: str


class Held(Conflict):
    """A legal hold stands: 409, one person alone takes nothing away."""


def redact(*, speech: Speech, redaction: Redaction) -> Redacted:
    """Delete a text in the name of an owner.

    Raises Unfit for a wrong form, NotAllowed for whoever is no person, NotVisible, and Conflict where a legal hold
    stands, the text is gone already, or a copy of it is just being read.
    """
    check_person(speech)
    check_redaction(redaction)
    if not TICKET.fullmatch(speech.ticket):
        raise Unfit("ticket", "must have 1 to 36 letters, digits and . _ : -")
    with transaction.atomic():
        run = lock_run(speech.run_id)
        done = _done_before(run, speech)
        if done is not None:
            return done
        refuse_held(run)
        done = delete_texts(run, redaction, speech)
    return replace(done, changes=done.changes + settle_responses())


def delete_texts(
    run: RunState, redaction: Redaction, speech: Speech, agreement: Agreement | None = None
) -> Redacted:
    """Delete texts of a run whose row the caller has locked, who calls `settle_responses` when that is committed.

    With an agreement the deletion is that of whoever asked, and the speech that of whoever agreed.
    """
    places = find_places(run, redaction)
    by = speech.by if agreement is None else agreement.asked_by
    events = [
        PartRedacted(
            run=str(run.id),
            key=_key(speech, number),
            at=speech.now_ns,
            entry=place.seq,
            part=place.part,
            by=by,
            rule=redaction.rule,
            basis=redaction.basis.strip() or None,
            agreed_by=agreement.agreed_by if agreement else None,
            request=agreement.request if agreement else None,
            reason=(redaction.reason.strip() or None) if number == 0 else None,
        )
        for number, place in enumerate(places)
    ]
    changes = tell_run(run, events, by=speech.by, now_ns=speech.now_ns, randbytes=speech.randbytes)
    try:
        copies = erase_places(run, places)
    except StillArriving as arriving:
        raise Conflict(str(arriving), run) from arriving
    _tell_instance(run, places, speech)
    seqs = range(run.size, run.size + len(places))
    return Redacted(seqs=seqs, places=places, copies=copies, changes=changes)


def check_redaction(redaction: Redaction) -> None:
    """Raise Unfit for words that cannot be kept."""
    check_text("reason", redaction.reason, MAX_REASON_CHARS, least=0)
    check_text("basis", redaction.basis, MAX_BASIS_CHARS, least=0)


def refuse_held(run: RunState) -> None:
    """Raise Held where a legal hold stands on the run or its project."""
    if is_held(run.id, run.project_id):
        raise Held("a legal hold stands: ask for it, and another owner agrees or does not", run)


def _tell_instance(run: RunState, places: Sequence[Place], speech: Speech) -> None:
    record_in_instance_log(
        *(
            Told(
                kind=InstanceKind.PART_REDACTED,
                key=f"part.redacted:{run.id}:{seq}",
                by=speech.by,
                facts={"entry": place.seq, "part": place.part, "run": str(run.id), "seq": seq},
            )
            for seq, place in enumerate(places, start=run.size)
        ),
        now_ns=speech.now_ns,
    )


def check_person(speech: Speech) -> None:
    """Raise NotAllowed for whoever is no person."""
    if speech.by.partition(":")[0] != ActorKind.USER.value:
        raise NotAllowed("a person deletes texts, who is signed in: a key answers for nothing")


def find_places(run: RunState, redaction: Redaction) -> list[Place]:
    """Return where the text stands that is to go. Raises Unfit, and Conflict where it is gone."""
    entry = LedgerEntry.objects.filter(run_id=run.id, seq=redaction.place.seq).first()
    if entry is None or redaction.place.part not in read_line(bytes(entry.line))["p"]:
        raise Unfit("part", "is no text of an entry of this run")
    text = read_text(run.id, redaction.place)
    if text is None:
        raise Conflict("this text is gone already", run)
    if not redaction.everywhere or not text:
        return [redaction.place]
    places = find_same(run.id, text)
    if len(places) > MOST_AT_ONCE:
        raise Conflict(f"the text stands in {len(places):,} places: expire the run's texts", run)
    return places


def _done_before(run: RunState, speech: Speech) -> Redacted | None:
    key = _key(speech, 0)
    known = LedgerEntry.objects.filter(run_id=run.id, key=key).first()
    if known is None:
        return None
    if read_line(bytes(known.line))["by"] != speech.by:
        raise Conflict("somebody else has used this ticket", run)
    keys = f"^{re.escape(control_key('gone'))}:[0-9]+:{re.escape(speech.ticket)}$"
    same = LedgerEntry.objects.filter(run_id=run.id, key__regex=keys)
    lines = [read_line(bytes(line)) for line in same.order_by("seq").values_list("line", flat=True)]
    return Redacted(
        seqs=[line["seq"] for line in lines],
        places=[Place(line["d"]["entry"], line["d"]["part"]) for line in lines],
    )


def _key(speech: Speech, number: int) -> str:
    return control_key("gone", number, speech.ticket)
