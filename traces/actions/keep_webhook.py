"""Make a webhook, whose secret is told once, or end it. What was told through it stays as history."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from traces.actions.conflict import Unfit
from traces.actions.tell_run import Randbytes
from traces.actions.webhook_keys import compute_key, fingerprint
from traces.models import Delivery, Project, Webhook
from traces.outgoing.addresses import BadAddress, Resolve, judge, read_target, resolve
from traces.outgoing.signing import write_secret
from traces.queries.access import NotVisible, as_uuid

MAX_WEBHOOKS = 10
"""In force in one project: each approval is told to all of them."""
ENDED = "the webhook was ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new webhook, and its secret, which nobody is told again."""

    webhook: Webhook
    secret: str


def make_webhook(
    *,
    project_id: int,
    url: str,
    by: str,
    now: dt.datetime,
    randbytes: Randbytes,
    resolve: Resolve = resolve,
) -> Made:
    """Tell an address of a project's approvals from now on. Raises Unfit."""
    try:
        judge(read_target(url), settings.WEBHOOK_ALLOW, resolve)
    except BadAddress as error:
        raise Unfit("url", str(error)) from None
    webhook_id = uuid.UUID(bytes=randbytes(16), version=4)
    key = compute_key(webhook_id, settings.SECRET_KEY)
    with transaction.atomic():
        # Locked, so that two who make one at once are counted one after the other.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        in_force = Webhook.objects.filter(project_id=project_id, ended_at=None)
        if in_force.count() >= MAX_WEBHOOKS:
            raise Unfit("url", f"a project has at most {MAX_WEBHOOKS} webhooks")
        webhook = Webhook.objects.create(
            id=webhook_id,
            project_id=project_id,
            url=url,
            fingerprint=fingerprint(key),
            created_by=by,
            created_at=now,
        )
    return Made(webhook=webhook, secret=write_secret(key))


def end_webhook(*, project_id: int, webhook_id: str, by: str, now: dt.datetime) -> Webhook:
    """End one that is in force; what it was not told yet it is told no more. Raises NotVisible."""
    wanted = {"pk": as_uuid(webhook_id), "project_id": project_id, "ended_at": None}
    with transaction.atomic():
        found = Webhook.objects.select_for_update().filter(**wanted).first()
        if found is None:
            raise NotVisible
        found.ended_by, found.ended_at = by, now
        found.save(update_fields=["ended_by", "ended_at"])
        drop_waiting(found)
    return found


def drop_waiting(webhook: Webhook) -> None:
    """Give up what waits for a webhook that is over."""
    waiting = Delivery.objects.filter(webhook=webhook, due_ns__isnull=False)
    waiting.update(due_ns=None, last_error=ENDED)
