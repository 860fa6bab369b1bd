"""The addresses of approvals: what waits, deciding, and what a project wants to be asked about."""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from deliberation.vocabulary import ApprovalStatus, Decision
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.decide_approval import decide_approval
from traces.actions.keep_policy import end_policy, keep_policy
from traces.api.approval_shapes import (
    Approval,
    ApprovalConflictProblem,
    Approvals,
    DecisionToMake,
    Policies,
    Policy,
    PolicyToKeep,
    told_approval,
)
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, problem, tell_problems
from traces.api.versions import Versioned, find_version
from traces.live.publish import poke
from traces.models.access import Role, Scope
from traces.queries.approval_policies import list_policies as list_versions
from traces.queries.approvals import approvals_of_run, get_approval
from traces.queries.approvals import list_approvals as list_some
from traces.queries.clock import read_clock
from traces.queries.projects import get_project

MAY_CHANGE = [Key(Scope.ADMIN), Session(Role.OWNER)]

router = Router(auth=[Key(Scope.READ), Session()], tags=["approvals"])
router.add_decorator(tell_problems, mode="view")

OfProject = Annotated[str | None, Query(max_length=50, description="Of several, which")]


@router.get("/approvals", response=answers(Approvals), summary="Approvals, newest first")
def list_approvals(
    request: HttpRequest,
    status: ApprovalStatus | None = None,
    cursor: Annotated[str | None, Query(max_length=128)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Approvals:
    """What waits for people, or did, in the projects that are yours."""
    rows, following = list_some(
        who=asker_of(request), status=status and status.value, cursor=cursor, limit=limit
    )
    return Approvals(items=[Approval.of(row) for row in rows], next=following)


@router.get("/approvals/{approval_id}", response=answers(Approval), summary="One approval")
def get_one(request: HttpRequest, approval_id: Annotated[str, Path(max_length=64)]) -> Approval:
    """The exact action, and who decided what about it."""
    return Approval.of(get_approval(who=asker_of(request), approval_id=approval_id))


@router.post(
    "/approvals/{approval_id}/decision",
    response={**answers(Approval), 409: ApprovalConflictProblem},
    auth=[Key(Scope.CONTROL), Session()],
    summary="Decide about an action that waits",
)
def decide(
    request: HttpRequest, approval_id: Annotated[str, Path(max_length=64)], made: DecisionToMake
) -> Any:
    """200: it stands, and counts. 409: somebody or something was first; the winner is in the answer."""
    is_change = made.decision is Decision.MODIFY and "arguments" in made.model_fields_set
    arguments = json.dumps(made.arguments) if is_change or made.arguments is not None else None
    try:
        decided = decide_approval(
            approval_id=approval_id,
            ruling=made.ruling(arguments),
            who=asker_of(request),
            now_ns=read_clock(),
            randbytes=os.urandom,
        )
    except ApprovalConflict as conflict:
        poke(conflict.changes)
        return problem(409, conflict.sentence, **told_approval(conflict))
    poke(decided.changes)
    return Approval.of(decided.approval)


@router.get("/runs/{run_id}/approvals", response=answers(Approvals), summary="A run's approvals")
def list_of_run(
    request: HttpRequest, run_id: Annotated[str, Path(description="The run's UUID")]
) -> Approvals:
    """What of the run waits for people, or did, newest first."""
    rows = approvals_of_run(who=asker_of(request), run_id=run_id)
    return Approvals(items=[Approval.of(row) for row in rows], next=None)


@router.get("/approval-policies", response=answers(Policies), summary="What is to be asked about")
def list_policies(request: HttpRequest, project: OfProject = None) -> Policies:
    """All versions, by name, the newest first; the one without an end is in force."""
    found = get_project(who=asker_of(request), slug=project)
    return Policies(items=[Policy.of(row) for row in list_versions(found.id)], next=None)


@router.post(
    "/approval-policies",
    response=answers(Policy, 201),
    auth=MAY_CHANGE,
    summary="Put a policy in force, or its next version",
)
def put_policy(request: HttpRequest, wanted: PolicyToKeep) -> Status[Policy]:
    """Programs hear of it within seconds; what waits already waits under the terms that it began with."""
    asker = asker_of(request)
    project = get_project(who=asker, slug=wanted.project)
    kept = keep_policy(
        project_id=project.id, terms=wanted.terms(), by=asker.by, now=dt.datetime.now(dt.UTC)
    )
    return Status(201, _shape(project.id, kept))


@router.post(
    "/approval-policies/{name}/end",
    response=answers(Policy),
    auth=MAY_CHANGE,
    summary="End a policy",
)
def end_one(
    request: HttpRequest, name: Annotated[str, Path(max_length=50)], project: OfProject = None
) -> Policy:
    """It stays as history. What can never be taken back is asked about in every project all the same."""
    asker = asker_of(request)
    found = get_project(who=asker, slug=project)
    ended = end_policy(project_id=found.id, name=name, by=asker.by, now=dt.datetime.now(dt.UTC))
    return _shape(found.id, ended)


def _shape(project_id: int, kept: Versioned) -> Policy:
    return Policy.of(find_version(list_versions(project_id), kept))
