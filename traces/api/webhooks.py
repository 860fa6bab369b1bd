"""The addresses of webhooks: which servers are told of a project's approvals, and how that goes."""

from __future__ import annotations

import datetime as dt
import os
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from traces.actions.keep_webhook import end_webhook, make_webhook
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.webhook_shapes import (
    Deliveries,
    Delivery,
    NewWebhook,
    Webhook,
    Webhooks,
    WebhookToMake,
)
from traces.models.access import Role, Scope
from traces.queries.projects import get_project
from traces.queries.webhooks import get_webhook, list_deliveries
from traces.queries.webhooks import list_webhooks as list_some

router = Router(auth=[Key(Scope.ADMIN), Session(Role.OWNER)], tags=["webhooks"])
router.add_decorator(tell_problems, mode="view")

OfProject = Annotated[str | None, Query(max_length=50, description="Of several, which")]
Id = Annotated[str, Path(max_length=36, description="The webhook's UUID")]


@router.get("/webhooks", response=answers(Webhooks), summary="Who is told of approvals")
def list_webhooks(request: HttpRequest, project: OfProject = None) -> Webhooks:
    """Those in force first, and those that were ended, each with how its last try went."""
    found = get_project(who=asker_of(request), slug=project)
    return Webhooks(items=[Webhook.of(row) for row in list_some(found.id)])


@router.post("/webhooks", response=answers(NewWebhook, 201), summary="Tell an address of approvals")
def make_one(request: HttpRequest, wanted: WebhookToMake) -> Status[NewWebhook]:
    """Its secret is in this answer and in no other."""
    asker = asker_of(request)
    project = get_project(who=asker, slug=wanted.project)
    made = make_webhook(
        project_id=project.id,
        url=wanted.url,
        by=asker.by,
        now=dt.datetime.now(dt.UTC),
        randbytes=os.urandom,
    )
    return Status(201, NewWebhook.made(made.webhook, made.secret))


@router.post("/webhooks/{webhook_id}/end", response=answers(Webhook), summary="End a webhook")
def end_one(request: HttpRequest, webhook_id: Id, project: OfProject = None) -> Webhook:
    """It stays as history; what it was not told yet it is told no more."""
    asker = asker_of(request)
    found = get_project(who=asker, slug=project)
    ended = end_webhook(
        project_id=found.id, webhook_id=webhook_id, by=asker.by, now=dt.datetime.now(dt.UTC)
    )
    return Webhook.of(ended)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response=answers(Deliveries),
    summary="What a webhook was told",
)
def list_messages(request: HttpRequest, webhook_id: Id, project: OfProject = None) -> Deliveries:
    """Also what waits for its next try, and what was given up; kept for a month."""
    found = get_project(who=asker_of(request), slug=project)
    webhook = get_webhook(project_id=found.id, webhook_id=webhook_id)
    return Deliveries(items=[Delivery.of(row) for row in list_deliveries(webhook)])
