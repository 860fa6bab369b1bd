"""Which policy of retention is in force, and which runs are due by it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import connection

from traces.models import ExpiredRun, ProjectHold, RetentionPolicy
from traces.models.run import FINAL
from traces.queries.access import Who
from traces.queries.projects import get_project

HIGH_RISK = "high-risk"
"""The tag of runs that the law wants kept."""
FLOOR_DAYS = 183
"""Six months: the least that the EU AI Act (Art. 19, 26) asks of logs of high-risk systems."""

# Runs over, not heard of for so long, not held; a run that never ended counts as over when nothing was heard of it.
DUE = """
SELECT run.id FROM traces_run AS run
WHERE run.project_id = %(project)s AND run.size > 0
  AND (run.observed_state = ANY(%(final)s) OR run.end_inferred OR run.source IN ('import', 'foreign'))
  AND run.heard_at < CASE WHEN %(risk)s = ANY(run.tags) THEN %(risky_until)s ELSE %(until)s END
  AND NOT EXISTS (SELECT 1 FROM traces_legalhold AS hold
    WHERE hold.run_id = run.id AND hold.lifted_seq IS NULL)
  AND NOT EXISTS (SELECT 1 FROM traces_projecthold AS hold
    WHERE hold.project_id = run.project_id AND hold.lifted_at IS NULL)
  {unless}
ORDER BY run.id LIMIT %(limit)s"""
# Nothing was said since the texts expired: its last entry says that they did.
EXPIRED_ALREADY = """
  AND run.source <> 'foreign'
  AND NOT EXISTS (SELECT 1 FROM traces_removal AS removal
    WHERE removal.run_id = run.id AND removal.kind = 'expired' AND removal.seq = run.size - 1)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What a project keeps, for its page: versions newest first, holds that stand and stood, runs that are gone."""

    versions: list[RetentionPolicy]
    holds: list[ProjectHold]
    expired: list[ExpiredRun]

    @property
    def in_force(self) -> RetentionPolicy | None:
        """The policy that holds now; None: everything is kept."""
        return self.versions[0] if self.versions else None


def get_retention(*, who: Who, slug: str) -> Retention:
    """Return a project's retention. Raises NotVisible."""
    project = get_project(who=who, slug=slug)
    return Retention(
        versions=list(
            RetentionPolicy.objects.filter(project_id=project.id).order_by("-version")[:50]
        ),
        holds=list(ProjectHold.objects.filter(project_id=project.id).order_by("-id")[:50]),
        expired=list(
            ExpiredRun.objects.filter(project_id=project.id).order_by("-expired_at")[:100]
        ),
    )


def policies_in_force() -> list[RetentionPolicy]:
    """Return the newest policy of each project that has one."""
    return list(RetentionPolicy.objects.order_by("project_id", "-version").distinct("project_id"))


def due_runs(policy: RetentionPolicy, *, now: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Return runs that are to be taken away altogether."""
    return _due(policy, policy.run_days, now, limit, "")


def due_texts(policy: RetentionPolicy, *, now: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Return runs whose texts are to expire."""
    return _due(policy, policy.content_days, now, limit, EXPIRED_ALREADY)


def _due(
    policy: RetentionPolicy, days: int | None, now: dt.datetime, limit: int, unless: str
) -> list[uuid.UUID]:
    if days is None:
        return []
    risky = days if policy.floor_reason else max(days, FLOOR_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            DUE.format(unless=unless),
            {
                "project": policy.project_id,
                "final": list(FINAL),
                "risk": HIGH_RISK,
                "until": now - dt.timedelta(days=days),
                "risky_until": now - dt.timedelta(days=risky),
                "limit": limit,
            },
        )
        return [run_id for (run_id,) in cursor.fetchall()]
