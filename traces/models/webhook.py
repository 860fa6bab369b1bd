"""The tables of webhooks: where a project's approvals are told to other servers, and what was told there."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class Webhook(models.Model):
    """An address that is told of a project's approvals, until somebody ends it or its server says 410 Gone.

    Its secret is computed from the server's own (`traces.actions.webhook_keys`) and stands nowhere; `fingerprint` says
    whether it still comes out as it was shown.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="webhooks")
    url = models.TextField()
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of the key")
    created_by = models.TextField(help_text="user:name or key:prefix")
    created_at = models.DateTimeField()
    ended_by = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_tried_ns = models.BigIntegerField(null=True)
    last_status = models.PositiveIntegerField(
        null=True, help_text="Of the last answer, if any came"
    )
    last_error = models.TextField(
        null=True, help_text="Why the last try failed; null when it did not"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["project"], name="webhooks_in_force", condition=models.Q(ended_at=None)
            )
        ]


class Delivery(models.Model):
    """One message to one webhook, written with what it tells of; the same id and body at each try.

    `due_ns` is when it is tried next, or, while somebody tries, when another may; null once it was delivered or given
    up. Times in ns since 1970 by the server's clock.
    """

    id = models.TextField(
        primary_key=True, help_text="webhook-id: msg_ and the hash of what it tells"
    )
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    run_id = models.UUIDField()
    approval_id = models.TextField()
    kind = models.TextField(help_text="approval.requested and the like")
    body = models.TextField(help_text="The JSON that is signed")
    made_ns = models.BigIntegerField()
    due_ns = models.BigIntegerField(null=True)
    tries = models.PositiveIntegerField(default=0)
    delivered_ns = models.BigIntegerField(null=True)
    last_status = models.PositiveIntegerField(null=True)
    last_error = models.TextField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_ns"], name="deliveries_due", condition=models.Q(due_ns__isnull=False)
            ),
            models.Index(fields=["webhook", "-made_ns"], name="deliveries_of_a_webhook"),
        ]
