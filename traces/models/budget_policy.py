"""The table of a project's default budgets. Versions are added and ended, never changed: they are history."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class BudgetPolicy(models.Model):
    """What runs of a project may spend, by how they go about it, which model they call, or a tag.

    What is null in `strategy`, `model` or `tag` matches anything. A change is a new version under the same name; the
    one before is ended.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget_policies")
    name = models.SlugField()
    version = models.PositiveIntegerField()
    strategy = models.TextField(null=True)
    model = models.TextField(null=True, help_text="A model's exact name")
    tag = models.TextField(null=True)
    limits = models.JSONField(help_text="By dimension: hard, soft, on_hit, on_soft")
    created_by = models.TextField(help_text="user:name or key:prefix")
    created_at = models.DateTimeField()
    ended_by = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name", "version"], name="a_budget_policy_has_each_version_once"
            ),
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(ended_at=None),
                name="one_version_of_a_budget_policy_is_in_force",
            ),
        ]
