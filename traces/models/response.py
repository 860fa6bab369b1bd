"""The table of responses: which calls tell of which response of a provider."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class Response(models.Model):
    """A call that tells of a provider's response, over one instrumentation.

    Two instrumentations of one program tell of one response twice, even in two traces. The first report of a
    response holds its place, so that two workers cannot both think they are first; every further one leaves the
    group unsettled until `settle_responses` has decided which of them counts.
    """

    project = models.ForeignKey(Project, models.CASCADE, db_index=False, related_name="+")
    response_id = models.TextField()
    run_id = models.UUIDField()
    node_id = models.TextField()
    is_first = models.BooleanField()
    is_settled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "response_id", "run_id", "node_id"],
                name="a_call_tells_of_a_response_once",
            ),
            models.UniqueConstraint(
                fields=["project", "response_id"],
                condition=models.Q(is_first=True),
                name="one_report_of_a_response_is_the_first",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "response_id"],
                name="unsettled_responses",
                condition=models.Q(is_settled=False),
            ),
        ]
