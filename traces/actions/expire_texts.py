"""Expire: delete all texts of a run for good, by one entry.

Guarantee: one transaction under the run's lock, as for a redaction. Lines, and so the skeleton of the run, stay and
verify. An expiry by policy does not count as hearing of the run: it is kept no longer for it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from deliberation.events import ContentExpired
from traces.actions.conflict import Conflict
from traces.actions.erase_texts import erase_before
from traces.actions.raw_copies import StillArriving
from traces.actions.redact import (
    MAX_REASON_CHARS,
    Agreement,
    check_person,
    refuse_held,
)
from traces.actions.say import Speech, check_text
from traces.actions.settle_responses import settle_responses
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.audit.instance_kinds import InstanceKind
from traces.models import LedgerEntry, Run
from traces.projection.states import RunState

BY_HAND = "by hand"
SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Who lets the texts of a run expire, by which policy, why; `key` makes the same expiry one entry."""

    by: str
    policy: str
    key: str
    now_ns: int
    randbytes: Randbytes
    reason: str = ""


def expire_by_hand(*, speech: Speech, reason: str) -> Changes:
    """Let a run's texts expire in the name of an owner. Raises Unfit, NotAllowed, NotVisible and Conflict."""
    check_person(speech)
    check_text("reason", reason, MAX_REASON_CHARS, least=0)
    with transaction.atomic():
        run = lock_run(speech.run_id)
        if LedgerEntry.objects.filter(run_id=run.id, key=expiry_key(speech.ticket)).exists():
            return ()
        refuse_held(run)
        changes = expire_texts(run, by_hand(speech, reason))
    return changes + settle_responses()


def expire_by_policy(
    *, run_id: uuid.UUID, policy: str, now_ns: int, randbytes: Randbytes
) -> Changes:
    """Let a run's texts expire as its project's policy says. Raises NotVisible, and Conflict as for a person."""
    with transaction.atomic():
        run = lock_run(run_id)
        refuse_held(run)
        heard_at = run.heard_at
        expiry = Expiry(
            by=SERVER,
            policy=policy,
            key=expiry_key(str(run.size)),
            now_ns=now_ns,
            randbytes=randbytes,
        )
        changes = expire_texts(run, expiry)
        Run.objects.filter(pk=run_id).update(heard_at=heard_at)
    return changes + settle_responses()


def expire_texts(run: RunState, expiry: Expiry, agreement: Agreement | None = None) -> Changes:
    """Expire the texts of a run whose row the caller has locked, who settles responses when that is committed."""
    event = ContentExpired(
        run=str(run.id),
        key=expiry.key,
        at=expiry.now_ns,
        before=run.size,
        policy=expiry.policy,
        by=expiry.by if agreement is None else agreement.asked_by,
        agreed_by=agreement.agreed_by if agreement else None,
        request=agreement.request if agreement else None,
        reason=expiry.reason.strip() or None,
    )
    changes = tell_run(run, [event], by=expiry.by, now_ns=expiry.now_ns, randbytes=expiry.randbytes)
    try:
        erase_before(run, run.size)
    except StillArriving as arriving:
        raise Conflict(str(arriving), run) from arriving
    record_in_instance_log(
        Told(
            kind=InstanceKind.CONTENT_EXPIRED,
            key=f"content.expired:{run.id}:{run.size}",
            by=expiry.by,
            facts={"before": run.size, "run": str(run.id), "seq": run.size},
        ),
        now_ns=expiry.now_ns,
    )
    return changes


def by_hand(speech: Speech, reason: str) -> Expiry:
    """Return the expiry that a person asks for on a form."""
    return Expiry(
        by=speech.by,
        policy=BY_HAND,
        key=expiry_key(speech.ticket),
        now_ns=speech.now_ns,
        randbytes=speech.randbytes,
        reason=reason,
    )


def expiry_key(ticket: str) -> str:
    """Return the key of the entry of an expiry."""
    return control_key("expired", ticket)
