"""The table of a project's policies of approval. Versions are added and ended, never changed: they are history."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project, Role


class ApprovalPolicy(models.Model):
    """Which actions of a project's programs wait for a person, how many must agree, and for how long they wait.

    What is null in `tool`, `side_effect` or `risk` matches anything. A change is a new version under the same
    name; the one before is ended. After `escalate_after_seconds` the role `escalate_to` is asked instead.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="approval_policies")
    name = models.SlugField()
    version = models.PositiveIntegerField()
    tool = models.TextField(null=True, help_text="A tool's exact name")
    side_effect = models.TextField(null=True)
    risk = models.TextField(null=True, help_text="The least risk that is asked about")
    needed = models.PositiveIntegerField(default=1, help_text="How many people must agree")
    timeout_seconds = models.PositiveIntegerField()
    escalate_to = models.TextField(null=True, choices=Role.choices)
    escalate_after_seconds = models.PositiveIntegerField(null=True)
    created_by = models.TextField(help_text="user:name or key:prefix")
    created_at = models.DateTimeField()
    ended_by = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name", "version"], name="a_policy_has_each_version_once"
            ),
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(ended_at=None),
                name="one_version_of_a_policy_is_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(needed__gte=1, timeout_seconds__gte=1),
                name="a_policy_asks_somebody_for_a_while",
            ),
            models.CheckConstraint(
                condition=models.Q(escalate_to=None, escalate_after_seconds=None)
                | models.Q(escalate_to__isnull=False, escalate_after_seconds__gte=1),
                name="a_policy_says_who_is_asked_next_and_when",
            ),
        ]
