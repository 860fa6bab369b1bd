"""A project's webhooks, and what they were told lately."""

from __future__ import annotations

from traces.models import Delivery, Webhook
from traces.queries.access import NotVisible, as_uuid

MOST = 100


def list_webhooks(project_id: int) -> list[Webhook]:
    """Return a project's webhooks, those in force first, then the newest; at most 100."""
    found = Webhook.objects.filter(project_id=project_id)
    return list(found.order_by("-ended_at", "-created_at", "id")[:MOST])


def get_webhook(*, project_id: int, webhook_id: str) -> Webhook:
    """Return one of them. Raises NotVisible."""
    found = Webhook.objects.filter(pk=as_uuid(webhook_id), project_id=project_id).first()
    if found is None:
        raise NotVisible
    return found


def list_deliveries(webhook: Webhook) -> list[Delivery]:
    """Return what a webhook was told, or waits to be told, the newest first; at most 100."""
    found = Delivery.objects.filter(webhook=webhook).select_related("webhook")
    return list(found.order_by("-made_ns", "id")[:MOST])
