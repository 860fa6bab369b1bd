"""Ask that something be taken away though a legal hold stands, and decide what another person asked for.

Guarantee: what is agreed to is done in the transaction of the agreement, under the run's lock, or nothing is. Who asked
never agrees: logins are compared as the server knows them, so that two sessions of one login are one person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from deliberation.events import LegalHoldLifted, RemovalAsked, RemovalClosed
from deliberation.vocabulary import RedactionRule, RemovalKind, RemovalOutcome
from traces.actions.conflict import Conflict, Unfit
from traces.actions.expire_run import expire_run
from traces.actions.expire_texts import by_hand, expire_texts
from traces.actions.redact import (
    MAX_REASON_CHARS,
    Agreement,
    Redaction,
    check_person,
    check_redaction,
    delete_texts,
    find_places,
)
from traces.actions.say import Said, Speech, check_text, say
from traces.actions.settle_responses import settle_responses
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.actions.tell_run import Changes, control_key, lock_run, tell_run
from traces.audit.instance_kinds import InstanceKind
from traces.models import LegalHold, RemovalRequest
from traces.projection.states import RunState
from traces.queries.access import NotAllowed, NotVisible
from traces.queries.same_texts import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be taken away: with `redaction` a text, with `hold_id` that hold."""

    what: RemovalKind
    reason: str = ""
    redaction: Redaction | None = None
    hold_id: str | None = None


def ask_removal(*, speech: Speech, asked: Asked) -> Said:
    """Ask, as an owner; the request's id is the ticket. Raises Unfit, NotAllowed, NotVisible, Conflict."""
    check_person(speech)
    reason = check_text("reason", asked.reason, MAX_REASON_CHARS, least=0)

    def make(run: RunState, key: str) -> RemovalAsked:
        _check(run, asked)
        wanted = asked.redaction
        return RemovalAsked(
            run=str(run.id),
            key=key,
            at=speech.now_ns,
            request=speech.ticket,
            by=speech.by,
            what=asked.what,
            entry=wanted.place.seq if wanted else None,
            part=wanted.place.part if wanted else None,
            everywhere=None if wanted is None else wanted.everywhere,
            rule=wanted.rule if wanted else None,
            basis=(wanted.basis.strip() or None) if wanted else None,
            legal_hold=asked.hold_id,
            reason=reason or None,
        )

    return say(speech, make)


def decide_removal(*, speech: Speech, request_id: str, agrees: bool) -> Changes:
    """Agree to what another owner asked for, which is done at once, or decline it; who asked may withdraw it.

    Raises NotVisible, NotAllowed for who asked and would agree, and Conflict where it is decided already, or cannot be
    done any more.
    """
    check_person(speech)
    with transaction.atomic():
        run = lock_run(speech.run_id)
        request = RemovalRequest.objects.filter(run_id=run.id, request_id=request_id).first()
        if request is None:
            raise NotVisible
        if request.outcome is not None:
            raise Conflict(f"this request is {request.outcome} already", run)
        if agrees and request.by == speech.by:
            raise NotAllowed("you asked for it: another owner agrees")
        changes = _close(run, request, speech, agrees)
        if agrees:
            # Read anew: the ledger has grown by the agreement.
            changes += _carry_out(lock_run(run.id), request, speech)
    return changes + settle_responses()


def _check(run: RunState, asked: Asked) -> None:
    if asked.what is RemovalKind.REDACT:
        if asked.redaction is None:
            raise Unfit("part", "names the text that is to go")
        check_redaction(asked.redaction)
        find_places(run, asked.redaction)
    if asked.what is RemovalKind.LIFT_HOLD:
        holds = LegalHold.objects.filter(run_id=run.id, hold_id=asked.hold_id, lifted_seq=None)
        if asked.hold_id is None or not holds.exists():
            raise Unfit("hold", "is no hold that stands on this run")


def _close(run: RunState, request: RemovalRequest, speech: Speech, agrees: bool) -> Changes:
    refused = RemovalOutcome.WITHDRAWN if request.by == speech.by else RemovalOutcome.DECLINED
    event = RemovalClosed(
        run=str(run.id),
        key=control_key("removal", request.request_id, "closed"),
        at=speech.now_ns,
        request=request.request_id,
        by=speech.by,
        outcome=RemovalOutcome.AGREED if agrees else refused,
    )
    return tell_run(run, [event], by=speech.by, now_ns=speech.now_ns, randbytes=speech.randbytes)


def _carry_out(run: RunState, request: RemovalRequest, speech: Speech) -> Changes:
    agreement = Agreement(asked_by=request.by, agreed_by=speech.by, request=request.request_id)
    what = RemovalKind(request.what)
    if what is RemovalKind.REDACT:
        return delete_texts(run, _redaction_of(request), speech, agreement).changes
    if what is RemovalKind.EXPIRE:
        return expire_texts(run, by_hand(speech, request.reason or ""), agreement)
    if what is RemovalKind.EXPIRE_RUN:
        expire_run(run, by=speech.by, policy=f"asked for by {request.by}", now_ns=speech.now_ns)
        return ()
    return _lift(run, request, speech, agreement)


def _lift(run: RunState, request: RemovalRequest, speech: Speech, agreement: Agreement) -> Changes:
    event = LegalHoldLifted(
        run=str(run.id),
        key=control_key("legal_hold", str(request.hold_id), "lifted"),
        at=speech.now_ns,
        legal_hold=str(request.hold_id),
        by=agreement.asked_by,
        agreed_by=agreement.agreed_by,
        request=agreement.request,
    )
    changes = tell_run(run, [event], by=speech.by, now_ns=speech.now_ns, randbytes=speech.randbytes)
    record_in_instance_log(
        Told(
            kind=InstanceKind.HOLD_LIFTED,
            key=f"legal_hold.lifted:{run.id}:{run.size}",
            by=speech.by,
            facts={"run": str(run.id), "seq": run.size},
        ),
        now_ns=speech.now_ns,
    )
    return changes


def _redaction_of(request: Any) -> Redaction:
    return Redaction(
        place=Place(request.entry, request.part),
        everywhere=bool(request.everywhere),
        rule=RedactionRule(request.rule),
        basis=request.basis or "",
        reason=request.reason or "",
    )
