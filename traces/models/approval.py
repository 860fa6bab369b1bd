"""The tables of approvals: actions that wait for a person, and what people decided about them."""

from __future__ import annotations

from django.db import models

from deliberation.vocabulary import ApprovalStatus

PENDING = ApprovalStatus.PENDING.value


class Approval(models.Model):
    """One request, projected from its run's ledger: the exact action, who is asked, and what became of it.

    `digest` is what was asked for, `permit_digest` what would be done now: they differ once somebody changed the
    arguments. `changed_seq` is the entry that last changed the row. Times in ns since 1970 by the server's clock.
    """

    pk = models.CompositePrimaryKey("run_id", "approval_id")
    run_id = models.UUIDField()
    approval_id = models.TextField(db_index=True)
    seq = models.BigIntegerField()
    changed_seq = models.BigIntegerField()
    node_id = models.TextField(null=True)
    attempt = models.BigIntegerField(null=True, help_text="The attempt that a permit is good for")
    tool = models.TextField()
    side_effect = models.TextField(null=True)
    risk = models.TextField(null=True)
    digest = models.TextField()
    action = models.TextField(null=True, help_text="The canonical action; null once redacted")
    needed = models.BigIntegerField()
    policy = models.TextField(null=True, help_text="The policy that asks, as name@version")
    by = models.TextField(null=True, help_text="Who asked, and may not decide")
    requested_ns = models.BigIntegerField(null=True)
    expires_ns = models.BigIntegerField()
    asked = models.TextField(help_text="The least role that may decide now")
    escalates_ns = models.BigIntegerField(null=True)
    escalate_to = models.TextField(null=True)
    escalated_ns = models.BigIntegerField(null=True)
    status = models.TextField()
    permit_digest = models.TextField()
    arguments = models.TextField(null=True, help_text="As somebody changed them; JSON")
    closed_ns = models.BigIntegerField(null=True)
    consumed_ns = models.BigIntegerField(null=True, help_text="When the permit was used")
    consumed_use = models.TextField(null=True)
    refused_uses = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_ns"],
                name="pending_approvals",
                condition=models.Q(status=PENDING),
            ),
        ]


class Decision(models.Model):
    """What somebody decided about an approval, and what they had been shown; projected from its run's ledger."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    approval_id = models.TextField(db_index=True)
    decision = models.TextField()
    by = models.TextField()
    reason = models.TextField(null=True, help_text="At most 2,000 characters; null once redacted")
    shown = models.TextField(null=True, help_text="The digest of what they were shown")
    opened_ns = models.BigIntegerField(null=True, help_text="When they were first shown it")
    decided_ns = models.BigIntegerField(null=True)
    digest = models.TextField(null=True, help_text="What they agreed to, where they did")
    arguments = models.TextField(null=True, help_text="As they changed them; JSON")
    asked = models.TextField(null=True, help_text="The role that it was passed on to")
