"""The addresses of what people say of runs: notes, tags, ratings, sign-offs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.errors import HttpError
from ninja.responses import Status

from deliberation.ledger.head import read_head
from traces.actions.change_note import revise_note, withdraw_note
from traces.actions.change_tags import change_tags
from traces.actions.conflict import Conflict
from traces.actions.rate import rate
from traces.actions.say import Said, Speech
from traces.actions.sign_off import Grown, Signature, sign_off
from traces.actions.write_note import NoteDraft, write_note
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import Problem, answers, problem, tell_problems
from traces.api.remark_shapes import (
    GrownProblem,
    NoteToRevise,
    NoteToWrite,
    RatingToGive,
    Remark,
    RemarkKind,
    Remarks,
    SignOffToGive,
    Tags,
    TagsToChange,
)
from traces.api.runs import Cursor, Limit, RunId
from traces.live.publish import poke
from traces.models import Run
from traces.models.access import Role, Scope
from traces.queries import runs
from traces.queries.access import JUDGES, Viewer, see_run, see_run_as
from traces.queries.clock import read_clock
from traces.queries.remarks import (
    RemarkFilter,
    find_rating,
    get_note,
    get_remark,
    list_remarks,
)

MAY_SAY = [Key(Scope.CONTROL), Session()]
CONFLICT: dict[Any, Any] = {409: Problem}

router = Router(auth=[Key(Scope.READ), Session()], tags=["review"])
router.add_decorator(tell_problems, mode="view")

NoteId = Annotated[str, Path(max_length=64, description="The note's id")]


@router.get("/runs/{run_id}/notes", response=answers(Remarks), summary="Notes, newest first")
def list_notes(
    request: HttpRequest,
    run_id: RunId,
    kind: Annotated[RemarkKind, Query(description="Or another kind of what people said")] = "note",
    node_id: Annotated[str | None, Query(max_length=300, description="On this node")] = None,
    by: Annotated[str | None, Query(max_length=300, description="user:… or key:…")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Remarks:
    """What people said of the run and its nodes: notes and answers, or tags, ratings or sign-offs."""
    page = list_remarks(
        who=asker_of(request),
        run_id=run_id,
        filters=RemarkFilter(node=node_id, by=by, kind=kind),
        cursor=cursor,
        limit=limit,
    )
    return Remarks(items=[Remark.of(row) for row in page.items], next=page.next)


@router.post(
    "/runs/{run_id}/notes",
    response={**answers(Remark, 201), **CONFLICT},
    auth=MAY_SAY,
    summary="Write a note",
)
def post_note(request: HttpRequest, run_id: RunId, told: NoteToWrite) -> Any:
    """On the run, on one of its nodes, or in answer to a note. The same `note_id` again is the same note."""
    asker, run, speech = _speaking(request, run_id, told.note_id)
    draft = NoteDraft(text=told.text, node_id=told.node_id, reply_to=told.reply_to)
    _said(lambda: write_note(speech=speech, draft=draft))
    return Status(201, Remark.of(get_note(who=asker, run_id=run.pk, note_id=speech.ticket)))


@router.post(
    "/runs/{run_id}/notes/{note_id}/revision",
    response={**answers(Remark), **CONFLICT},
    auth=MAY_SAY,
    summary="Revise a note of your own",
)
def post_revision(request: HttpRequest, run_id: RunId, note_id: NoteId, told: NoteToRevise) -> Any:
    """What it said before stays in the ledger."""
    asker, run, speech = _speaking(request, run_id, told.ticket)
    _said(lambda: revise_note(speech=speech, note_id=note_id, text=told.text))
    return Remark.of(get_note(who=asker, run_id=run.pk, note_id=note_id))


@router.post(
    "/runs/{run_id}/notes/{note_id}/withdrawal",
    response={**answers(Remark), **CONFLICT},
    auth=MAY_SAY,
    summary="Withdraw a note",
)
def post_withdrawal(request: HttpRequest, run_id: RunId, note_id: NoteId) -> Any:
    """Your own, or as an owner anybody's. Its text is not shown any more, and stays in the ledger."""
    asker, run, speech = _speaking(request, run_id, None)
    is_owner = asker.roles.get(run.project_id) == Role.OWNER
    _said(lambda: withdraw_note(speech=speech, note_id=note_id, is_owner=is_owner))
    return Remark.of(get_note(who=asker, run_id=run.pk, note_id=note_id))


@router.post(
    "/runs/{run_id}/tags",
    response={**answers(Tags), **CONFLICT},
    auth=MAY_SAY,
    summary="Put tags on a run, or take some off",
)
def post_tags(request: HttpRequest, run_id: RunId, told: TagsToChange) -> Any:
    """What the program tells of a tag later does not undo it."""
    asker, run, speech = _speaking(request, run_id, told.ticket)
    _said(lambda: change_tags(speech=speech, add=told.add, remove=told.remove))
    return Tags(tags=see_run(asker, run.pk).tags)


@router.post(
    "/runs/{run_id}/rating",
    response={**answers(Remark), **CONFLICT},
    auth=MAY_SAY,
    summary="Rate a run or a node",
)
def post_rating(request: HttpRequest, run_id: RunId, told: RatingToGive) -> Any:
    """On a closed scale of five words. Of each asker the latest stands; all are kept."""
    asker, run, speech = _speaking(request, run_id, told.ticket)
    _said(lambda: rate(speech=speech, rating=told.rating, node_id=told.node_id))
    return Remark.of(find_rating(who=asker, run_id=run.pk, by=asker.by, node_id=told.node_id))


@router.post(
    "/runs/{run_id}/sign-off",
    response={**answers(Remark, 201), 409: GrownProblem},
    auth=MAY_SAY,
    summary="Sign a run off, as a person",
)
def post_sign_off(request: HttpRequest, run_id: RunId, told: SignOffToGive) -> Any:
    """A record of what somebody answers for, over what they had seen; no cryptographic signature. Keys get 403.

    409: the run has grown since; look at it, and sign with the new head.
    """
    asker, run, speech = _speaking(request, run_id, told.sign_off_id)
    head = read_head(told.head)
    if head is None or head.run != str(run.pk):
        raise HttpError(422, "head: is no head of this run's ledger")
    signature = Signature(
        outcome=told.outcome, statement=told.statement, seen_size=head.size, seen_root=head.root
    )
    try:
        said = _said(lambda: sign_off(speech=speech, signature=signature))
    except Grown as grown:
        now = runs.get_run(who=asker, run_id=run.pk)
        sizes = {"seen_size": grown.seen_size, "size": now.last_seq + 1}
        return problem(409, grown.sentence, head=now.head, **sizes)
    assert said.seq is not None, "a sign-off always says something"
    return Status(201, Remark.of(get_remark(who=asker, run_id=run.pk, seq=said.seq)))


def _speaking(request: HttpRequest, run_id: str, ticket: str | None) -> tuple[Viewer, Run, Speech]:
    """Return who says something of which run, on which ticket. Raises NotVisible, and NotAllowed for a mere viewer."""
    asker = asker_of(request)
    run = see_run_as(asker, run_id, JUDGES)
    speech = Speech(
        run_id=run.pk,
        by=asker.by,
        ticket=str(uuid.uuid4()) if ticket is None else ticket,
        now_ns=read_clock(),
        randbytes=os.urandom,
    )
    return asker, run, speech


def _said(act: Callable[[], Said]) -> Said:
    try:
        said = act()
    except Grown:
        raise
    except Conflict as conflict:
        raise HttpError(409, conflict.sentence) from conflict
    poke(said.changes)
    return said
