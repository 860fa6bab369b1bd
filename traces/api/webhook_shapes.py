"""The shapes of webhooks in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from traces.api.forms import rfc3339
from traces.models import Delivery as DeliveryRow
from traces.models import Webhook as WebhookRow


class Webhook(Schema):
    """An address that is told of a project's approvals."""

    id: str
    url: str
    created_by: str
    created_at: dt.datetime
    ended_by: str | None
    ended_at: dt.datetime | None
    last_tried_at: str | None
    last_status: int | None = Field(description="Of the last answer, if any came")
    last_error: str | None = Field(description="Why the last try failed; null when it did not")

    @classmethod
    def of(cls, row: WebhookRow) -> Webhook:
        """Return the shape of a webhook."""
        return cls(**_facts(row))


class NewWebhook(Webhook):
    """A webhook with its secret, which is told this once."""

    secret: str = Field(description="whsec_ and base64, as Standard Webhooks has it")

    @classmethod
    def made(cls, row: WebhookRow, secret: str) -> NewWebhook:
        """Return the shape of a webhook that was just made."""
        return cls(secret=secret, **_facts(row))


class Webhooks(Schema):
    """A project's webhooks, those in force first."""

    items: list[Webhook]
    next: str | None = None


class Delivery(Schema):
    """A message to a webhook. `body` is what is posted at each try."""

    id: str = Field(description="The header webhook-id")
    type: str
    run_id: str
    approval_id: str
    body: str
    status: Literal["waiting", "delivered", "given up"]
    tries: int
    made_at: str | None
    next_try_at: str | None
    delivered_at: str | None
    last_status: int | None
    last_error: str | None

    @classmethod
    def of(cls, row: DeliveryRow) -> Delivery:
        """Return the shape of a message."""
        if row.delivered_ns is not None:
            status: Literal["waiting", "delivered", "given up"] = "delivered"
        else:
            is_over = row.due_ns is None or row.webhook.ended_at is not None
            status = "given up" if is_over else "waiting"
        return cls(
            id=row.pk,
            type=row.kind,
            run_id=str(row.run_id),
            approval_id=row.approval_id,
            body=row.body,
            status=status,
            tries=row.tries,
            made_at=rfc3339(row.made_ns),
            next_try_at=rfc3339(row.due_ns),
            delivered_at=rfc3339(row.delivered_ns),
            last_status=row.last_status,
            last_error=row.last_error,
        )


class Deliveries(Schema):
    """What a webhook was told, or waits to be told, the newest first."""

    items: list[Delivery]
    next: str | None = None


class WebhookToMake(Schema):
    """Where a project's approvals are to be told."""

    model_config = ConfigDict(extra="forbid")

    url: str
    project: str | None = Field(default=None, max_length=50, description="Of several, which")


def _facts(row: WebhookRow) -> dict[str, Any]:
    same = (
        "url", "created_by", "created_at", "ended_by", "ended_at", "last_status", "last_error"
    )  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    return {"id": str(row.pk), "last_tried_at": rfc3339(row.last_tried_ns), **told}
