"""The table of runners: processes of instrumented systems that serve replays."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class Runner(models.Model):
    """One process, by the name that no other has (`holder`), and what it can begin. Operation, not evidence.

    `entries` are objects of `entry_point` (module:function), `version`, `code_digest` and `parameters_schema`. Times
    in ns since 1970 by the database's clock; losing the table costs runners one refused claim, and they register anew.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="runners")
    holder = models.TextField()
    name = models.TextField()
    by = models.TextField(help_text="key:prefix")
    entries = models.JSONField()
    registered_ns = models.BigIntegerField()
    heard_ns = models.BigIntegerField()
    expires_ns = models.BigIntegerField(help_text="Until when it counts as there")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "holder"], name="a_process_is_one_runner_of_its_project"
            )
        ]
