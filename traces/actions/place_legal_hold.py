"""Place a legal hold on a run, or on all runs of a project, now and later.

While one stands, one person alone takes nothing away, and no policy does. Lifting one takes two people as well: else
whoever may not delete a text could lift the hold and delete it then.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from deliberation.events import LegalHoldPlaced
from traces.actions.conflict import Unfit
from traces.actions.redact import MAX_REASON_CHARS, check_person
from traces.actions.say import TICKET, Said, Speech, check_text, say
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.audit.instance_kinds import InstanceKind
from traces.models import ProjectHold
from traces.queries.access import NotAllowed, NotVisible


def place_legal_hold(*, speech: Speech, reason: str) -> Said:
    """Hold a run; the hold's id is the ticket. Raises Unfit, NotAllowed, NotVisible, Conflict."""
    check_person(speech)
    kept = check_text("reason", reason, MAX_REASON_CHARS)
    with transaction.atomic():
        said = say(
            speech,
            lambda run, key: LegalHoldPlaced(
                run=str(run.id),
                key=key,
                at=speech.now_ns,
                legal_hold=speech.ticket,
                by=speech.by,
                reason=kept,
            ),
        )
        record_in_instance_log(
            Told(
                kind=InstanceKind.HOLD_PLACED,
                key=f"legal_hold.placed:{speech.run_id}:{said.seq}",
                by=speech.by,
                facts={"run": str(speech.run_id), "seq": said.seq},
            ),
            now_ns=speech.now_ns,
        )
    return said


def hold_project(
    *, project_id: int, ticket: str, reason: str, by: str, now: dt.datetime
) -> ProjectHold:
    """Hold all runs of a project. The same ticket again is the same hold. Raises Unfit."""
    kept = check_text("reason", reason, MAX_REASON_CHARS)
    if not TICKET.fullmatch(ticket):
        raise Unfit("ticket", "must have 1 to 36 letters, digits and . _ : -")
    with transaction.atomic():
        hold, is_new = ProjectHold.objects.get_or_create(
            project_id=project_id,
            ticket=ticket,
            defaults={"reason": kept, "by": by, "placed_at": now},
        )
        if is_new:
            _tell(InstanceKind.PROJECT_HELD, hold, by, now)
    return hold


def lift_project_hold(*, project_id: int, hold_id: int, by: str, now: dt.datetime) -> ProjectHold:
    """Ask that a hold on a project be lifted, or agree where somebody else has asked.

    Raises NotVisible, and NotAllowed for who asked already: a second person agrees.
    """
    with transaction.atomic():
        holds = ProjectHold.objects.select_for_update().filter(project_id=project_id)
        hold = holds.filter(pk=hold_id, lifted_at=None).first()
        if hold is None:
            raise NotVisible
        if hold.lift_asked_by is None:
            holds.filter(pk=hold_id).update(lift_asked_by=by, lift_asked_at=now)
        elif hold.lift_asked_by == by:
            raise NotAllowed("you asked for it: another owner agrees")
        else:
            holds.filter(pk=hold_id).update(lifted_by=by, lifted_at=now)
            _tell(InstanceKind.PROJECT_RELEASED, hold, by, now)
    return holds.get(pk=hold_id)


def _tell(kind: InstanceKind, hold: ProjectHold, by: str, now: dt.datetime) -> None:
    told = Told(
        kind=kind,
        key=f"{kind.kind}:{hold.pk}",
        by=by,
        facts={"hold": hold.pk, "project": hold.project_id},
    )
    record_in_instance_log(told, now_ns=int(now.timestamp()) * 10**9)
