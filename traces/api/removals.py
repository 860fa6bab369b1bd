"""The addresses of texts that are deleted for good."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError
from ninja.responses import Status

from traces.actions.conflict import Conflict
from traces.actions.redact import Redaction as Asked
from traces.actions.redact import redact
from traces.actions.say import Speech
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import Problem, answers, tell_problems
from traces.api.removal_shapes import Place, Redacted, Redaction, Removal, Removals
from traces.api.runs import RunId
from traces.live.publish import poke
from traces.models.access import Role, Scope
from traces.queries.access import see_run_as
from traces.queries.clock import read_clock
from traces.queries.removals import list_removals
from traces.queries.same_texts import Place as PlaceRead

router = Router(auth=[Key(Scope.READ), Session()], tags=["retention"])
router.add_decorator(tell_problems, mode="view")


@router.get(
    "/runs/{run_id}/redactions", response=answers(Removals), summary="Texts deleted for good"
)
def list_redactions(request: HttpRequest, run_id: RunId) -> Removals:
    """Redactions and expiries of the run, the newest first."""
    rows = list_removals(who=asker_of(request), run_id=run_id)
    return Removals(items=[Removal.of(row) for row in rows])


@router.post(
    "/runs/{run_id}/redactions",
    response={**answers(Redacted, 201), 409: Problem},
    auth=[Session()],
    summary="Delete a text for good",
)
def post_redaction(request: HttpRequest, run_id: RunId, told: Redaction) -> Any:
    """As an owner who is signed in; keys get 401. 409: it is gone already, or a copy is just being read."""
    asker = asker_of(request)
    run = see_run_as(asker, run_id, [Role.OWNER])
    speech = Speech(
        run_id=run.pk,
        by=asker.by,
        ticket=str(uuid.uuid4()) if told.redaction_id is None else told.redaction_id,
        now_ns=read_clock(),
        randbytes=os.urandom,
    )
    asked = Asked(
        place=PlaceRead(told.entry, told.part),
        everywhere=told.everywhere,
        rule=told.rule,
        basis=told.basis,
        reason=told.reason,
    )
    try:
        done = redact(speech=speech, redaction=asked)
    except Conflict as conflict:
        raise HttpError(409, conflict.sentence) from conflict
    poke(done.changes)
    places = [Place(entry=place.seq, part=place.part) for place in done.places]
    return Status(201, Redacted(entries=list(done.seqs), places=places, copies=done.copies))
