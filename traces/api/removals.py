"""The addresses of texts that are deleted for good."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Path, Router
from ninja.errors import HttpError
from ninja.responses import Status

from traces.actions.ask_removal import Asked, ask_removal, decide_removal
from traces.actions.conflict import Conflict
from traces.actions.expire_run import expire_run_by_hand
from traces.actions.expire_texts import expire_by_hand
from traces.actions.place_legal_hold import place_legal_hold
from traces.actions.redact import Redaction as Wanted
from traces.actions.redact import redact
from traces.actions.say import Speech
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import Problem, answers, tell_problems
from traces.api.removal_shapes import (
    Expiry,
    Hold,
    Holds,
    HoldToPlace,
    Place,
    Redacted,
    Redaction,
    Removal,
    RemovalDecision,
    RemovalRequest,
    RemovalRequests,
    Removals,
    RemovalToAsk,
)
from traces.api.runs import RunId
from traces.live.publish import poke
from traces.models.access import Role, Scope
from traces.queries.access import NotVisible, see_run_as
from traces.queries.clock import read_clock
from traces.queries.legal_holds import list_holds, list_requests
from traces.queries.removals import list_removals
from traces.queries.same_texts import Place as PlaceRead

RequestId = Annotated[str, Path(max_length=36, description="The request's id")]
Result = TypeVar("Result")

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
    speech = _speech(request, run_id, told.redaction_id)
    done = _done(lambda: redact(speech=speech, redaction=_asked(told)))
    poke(done.changes)
    places = [Place(entry=place.seq, part=place.part) for place in done.places]
    return Status(201, Redacted(entries=list(done.seqs), places=places, copies=done.copies))


@router.get("/runs/{run_id}/legal-holds", response=answers(Holds), summary="What holds a run")
def list_legal_holds(request: HttpRequest, run_id: RunId) -> Holds:
    """The holds that stand on the run or its project: one person alone deletes nothing."""
    rows = list_holds(who=asker_of(request), run_id=run_id)
    return Holds(items=[Hold.of(row) for row in rows])


@router.post(
    "/runs/{run_id}/legal-holds",
    response={**answers(Holds, 201), 409: Problem},
    auth=[Session()],
    summary="Place a legal hold",
)
def post_legal_hold(request: HttpRequest, run_id: RunId, told: HoldToPlace) -> Any:
    """As an owner who is signed in. It is lifted by a removal request that another owner agrees to."""
    speech = _speech(request, run_id, told.hold_id)
    poke(_done(lambda: place_legal_hold(speech=speech, reason=told.reason)).changes)
    return Status(201, list_legal_holds(request, run_id))


@router.get(
    "/runs/{run_id}/removal-requests",
    response=answers(RemovalRequests),
    summary="What was asked to be taken away under a hold",
)
def list_removal_requests(request: HttpRequest, run_id: RunId) -> RemovalRequests:
    """The newest first, with what became of each."""
    rows = list_requests(who=asker_of(request), run_id=run_id)
    return RemovalRequests(items=[RemovalRequest.of(row) for row in rows])


@router.post(
    "/runs/{run_id}/removal-requests",
    response={**answers(RemovalRequests, 201), 409: Problem},
    auth=[Session()],
    summary="Ask that something be taken away under a hold",
)
def post_removal_request(request: HttpRequest, run_id: RunId, told: RemovalToAsk) -> Any:
    """As an owner who is signed in; another owner decides."""
    speech = _speech(request, run_id, told.request_id)
    asked = Asked(
        what=told.what,
        reason=told.reason,
        redaction=None if told.redaction is None else _asked(told.redaction),
        hold_id=told.hold_id,
    )
    poke(_done(lambda: ask_removal(speech=speech, asked=asked)).changes)
    return Status(201, list_removal_requests(request, run_id))


@router.post(
    "/runs/{run_id}/removal-requests/{request_id}/decision",
    response={204: None, 409: Problem, **answers(RemovalRequests)},
    auth=[Session()],
    summary="Agree to it or not, as a second owner",
)
def post_removal_decision(
    request: HttpRequest, run_id: RunId, request_id: RequestId, told: RemovalDecision
) -> Any:
    """What is agreed to is done at once. 204 where the run itself is gone by it; 403 for who asked and agrees."""
    speech = _speech(request, run_id, told.ticket)
    decided = _done(
        lambda: decide_removal(speech=speech, request_id=request_id, agrees=told.agrees)
    )
    poke(decided)
    try:
        return list_removal_requests(request, run_id)
    except NotVisible:
        return Status(204, None)


@router.post(
    "/runs/{run_id}/expiry",
    response={204: None, 409: Problem, **answers(Removals)},
    auth=[Session()],
    summary="Delete all texts of a run, or the run",
)
def post_expiry(request: HttpRequest, run_id: RunId, told: Expiry) -> Any:
    """As an owner who is signed in; 409 under a hold. 204 where the whole run is gone."""
    speech = _speech(request, run_id, told.ticket)
    if told.whole_run:
        _done(lambda: expire_run_by_hand(speech=speech))
        return Status(204, None)
    poke(_done(lambda: expire_by_hand(speech=speech, reason=told.reason)))
    return list_redactions(request, run_id)


def _speech(request: HttpRequest, run_id: str, ticket: str | None) -> Speech:
    asker = asker_of(request)
    run = see_run_as(asker, run_id, [Role.OWNER])
    return Speech(
        run_id=run.pk,
        by=asker.by,
        ticket=str(uuid.uuid4()) if ticket is None else ticket,
        now_ns=read_clock(),
        randbytes=os.urandom,
    )


def _asked(told: Redaction) -> Wanted:
    return Wanted(
        place=PlaceRead(told.entry, told.part),
        everywhere=told.everywhere,
        rule=told.rule,
        basis=told.basis,
        reason=told.reason,
    )


def _done(act: Callable[[], Result]) -> Result:
    try:
        return act()
    except Conflict as conflict:
        raise HttpError(409, conflict.sentence) from conflict
