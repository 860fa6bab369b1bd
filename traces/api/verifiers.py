"""The addresses of verifiers: who judged, and how often the judgement was right."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.verifier_shapes import Verifier, Verifiers
from traces.models.access import Scope
from traces.queries.judgements import Judging, Truth
from traces.queries.run_filters import RunFilters
from traces.queries.verifier import get_verifier
from traces.queries.verifier_list import list_verifiers as list_verifiers_of_runs

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")


class RunsAsked(Schema):
    """The parameters that narrow the list of runs, for addresses about many runs."""

    project: Annotated[str | None, Field(max_length=300, description="Its slug")] = None
    trace_id: str | None = None
    status: Annotated[str | None, Field(description="The observed state")] = None
    strategy: str | None = None
    strategy_source: Annotated[
        str | None, Field(description="stated, inferred or set_by_person")
    ] = None
    q: Annotated[str | None, Field(description="In name, task, answer or tags")] = None
    since: Annotated[datetime | None, Field(description="Started at or after")] = None
    until: Annotated[datetime | None, Field(description="Started before")] = None
    tag: str | None = None
    model: str | None = None
    session: Annotated[str | None, Field(description="The session's id")] = None
    cost_from: Annotated[Decimal | None, Field(ge=0, description="US dollars, at least")] = None
    cost_to: Annotated[Decimal | None, Field(ge=0, description="US dollars, at most")] = None
    discarded: Annotated[bool, Field(description="Only those that discarded something")] = False
    approval: Annotated[bool, Field(description="Only those that wait for a person")] = False
    signed: Annotated[
        Literal["accept", "reject", "unsure", "none"] | None,
        Field(description="Signed off so by somebody, or by nobody"),
    ] = None
    noted: Annotated[bool, Field(description="Only those with notes of people")] = False
    runs_cursor: Annotated[
        str | None, Field(max_length=128, description="`older` of an answer: count the runs before")
    ] = None

    def filters(self) -> RunFilters:
        """Return what narrows the list of runs."""
        same = ("project", "trace_id", "strategy", "strategy_source", "q", "since", "until", "tag", "model",
                "session", "cost_from", "cost_to", "signed")  # fmt: skip
        return RunFilters(
            **{name: getattr(self, name) for name in same},
            state=self.status,
            has_discarded=self.discarded,
            needs_approval=self.approval,
            has_notes=self.noted,
        )


@router.get("/verifiers", response=answers(Verifiers), summary="Verifiers, the busiest first")
def list_verifiers(
    request: HttpRequest,
    asked: Query[RunsAsked],
    cursor: Annotated[str | None, Query(max_length=4000, description="`next` of a page")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most")] = 100,
) -> Verifiers:
    """Who judged, over the newest runs that the filters let through: 100,000 verdicts, and 10,000 runs of a project."""
    page = list_verifiers_of_runs(
        who=asker_of(request),
        filters=asked.filters(),
        cursor=asked.runs_cursor,
        after=cursor,
        limit=limit,
    )
    return Verifiers.of(page)


@router.get("/verifiers/{path:name}", response=answers(Verifier), summary="One verifier, judged")
def show_verifier(
    request: HttpRequest,
    name: Annotated[str, Path(description="The name, as its verdicts say it")],
    asked: Query[RunsAsked],
    version: Annotated[
        str | None, Query(max_length=1000, description="Of one version; - for none")
    ] = None,
    threshold: Annotated[
        float | None, Query(description="At least this score accepts; else its own word does")
    ] = None,
    truth: Annotated[Truth | None, Query(description="One way to know what is right")] = None,
) -> Verifier:
    """How often it was right, whether its scores can be believed, and whether choosing by it helps."""
    if threshold is not None and not isfinite(threshold):
        raise HttpError(422, "threshold: must be a finite number")
    judging = Judging(verifier=name, version=version or None, threshold=threshold, truth=truth)
    found = get_verifier(
        who=asker_of(request), asked=judging, filters=asked.filters(), cursor=asked.runs_cursor
    )
    return Verifier.of(found)
