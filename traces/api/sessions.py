"""The address of a session."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.session_shapes import Session as SessionShape
from traces.models.access import Scope
from traces.queries.sessions import get_session

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")


@router.get(
    "/sessions/{path:session_id}", response=answers(SessionShape), summary="A session and its runs"
)
def show_session(
    request: HttpRequest,
    session_id: Annotated[str, Path(description="The id, as its source named it")],
    project: Annotated[str | None, Query(max_length=50, description="Where it is")] = None,
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of a page")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many runs at most")] = 100,
) -> SessionShape:
    """Runs of one conversation, the earliest first. Who sees several projects names one where the id is not unique."""
    found = get_session(
        who=asker_of(request), session_id=session_id, project=project, cursor=cursor, limit=limit
    )
    return SessionShape.of(found)
