"""How far behind recording is, and what could not be recorded, for machines and signed-in people."""

from __future__ import annotations

import time
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from ninja.responses import Status

from ingest import inbox
from ingest.models import DeadLetter
from traces.api.auth import Key, Session, asker_of
from traces.api.forms import rfc3339
from traces.api.problems import answers, tell_problems
from traces.models.access import Role, Scope
from traces.queries.access import NotVisible
from traces.queries.verdicts import as_seq

LIMIT = 1000
LAST_ID = 2**63 - 1

router = Router(auth=[Key(Scope.READ), Session()], tags=["ingest"])
router.add_decorator(tell_problems, mode="view")


class IngestState(Schema):
    """How far behind recording is. `recorded` counts the events ever recorded."""

    pending: int
    oldest_pending_seconds: float | None
    recorded: int
    dead_letters: int


class Letter(Schema):
    """A body that was acknowledged and could not be recorded, and why."""

    id: str
    signal: str
    media: str
    encoding: str
    key_prefix: str
    received_at: str | None
    buried_at: str
    error: str

    @classmethod
    def of(cls, letter: DeadLetter) -> Letter:
        """Return the shape of a dead letter."""
        buried_ns = int(letter.buried_at.timestamp() * 1_000_000) * 1000
        return cls(
            id=str(letter.pk),
            signal=letter.signal,
            media=letter.media,
            encoding=letter.encoding,
            key_prefix=letter.key_prefix,
            received_at=rfc3339(letter.received_ns),
            buried_at=rfc3339(buried_ns) or "",
            error=letter.error,
        )


class Letters(Schema):
    """Some dead letters, newest first; `next` is the cursor of the following page."""

    items: list[Letter]
    next: str | None


class Retried(Schema):
    """The dead letter is back in the inbox; a worker takes it within seconds."""

    id: str
    status: str


@router.get("/ingest", response=answers(IngestState), summary="How far behind recording is")
def get_state(request: HttpRequest) -> IngestState:
    """The inbox of the whole instance."""
    state = inbox.state(time.time_ns())
    return IngestState(
        pending=state.pending,
        oldest_pending_seconds=state.oldest_pending_seconds,
        recorded=state.recorded,
        dead_letters=state.dead_letters,
    )


@router.get("/ingest/dead-letters", response=answers(Letters), summary="What could not be recorded")
def list_dead_letters(
    request: HttpRequest,
    cursor: Annotated[str | None, Query(max_length=18)] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT)] = 100,
) -> Letters:
    """Dead letters of the asker's projects, newest first, without their bytes."""
    found = inbox.list_dead_letters(
        project_ids=sorted(asker_of(request).project_ids),
        after=None if cursor is None else as_seq(cursor),
        limit=limit + 1,
    )
    items = [Letter.of(letter) for letter in found[:limit]]
    return Letters(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/ingest/dead-letters/{letter_id}/retry",
    response=answers(Retried, 202),
    auth=[Key(Scope.INGEST), Session(Role.OPERATOR, Role.OWNER)],
    summary="Try a dead letter again",
)
def retry(
    request: HttpRequest, letter_id: Annotated[int, Path(ge=0, le=LAST_ID)]
) -> Status[Retried]:
    """Put a dead letter back into the inbox, as one who may send events there."""
    if not inbox.retry(letter=letter_id, project_ids=sorted(asker_of(request).project_ids)):
        raise NotVisible
    return Status(202, Retried(id=str(letter_id), status="pending"))
