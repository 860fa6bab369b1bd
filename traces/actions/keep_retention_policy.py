"""How long a project keeps texts and runs: each change is a version, and nothing is deleted by making one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from traces.actions.conflict import Unfit
from traces.actions.say import check_text
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.audit.instance_kinds import InstanceKind
from traces.models import Project, RetentionPolicy

LEAST_DAYS, MOST_DAYS = 1, 36_500
MAX_REASON_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Days after which texts, and runs altogether, expire; None: never.

    `floor_reason` says why runs of high risk need not be kept six months.
    """

    content_days: int | None
    run_days: int | None
    floor_reason: str = ""


def keep_retention_policy(
    *, project_id: int, terms: Terms, by: str, now: dt.datetime
) -> RetentionPolicy:
    """Put the next version in force. The same terms again change nothing. Raises Unfit."""
    _check(terms)
    reason = check_text("floor_reason", terms.floor_reason, MAX_REASON_CHARS, least=0) or None
    said = {
        "content_days": terms.content_days,
        "run_days": terms.run_days,
        "floor_reason": reason,
    }
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project_id)
        versions = RetentionPolicy.objects.filter(project_id=project_id).order_by("-version")
        last = versions.first()
        if last is not None and all(getattr(last, name) == value for name, value in said.items()):
            return last
        try:
            policy = RetentionPolicy.objects.create(
                project_id=project_id,
                version=last.version + 1 if last else 1,
                by=by,
                made_at=now,
                **said,
            )
        except IntegrityError as wrong:
            raise Unfit("content_days", "somebody else has changed it just now") from wrong
        _tell(policy, by, now)
    return policy


def _check(terms: Terms) -> None:
    for field in ("content_days", "run_days"):
        days = getattr(terms, field)
        if days is not None and not LEAST_DAYS <= days <= MOST_DAYS:
            raise Unfit(field, f"must be {LEAST_DAYS} to {MOST_DAYS:,} days, or nothing: for ever")
    if terms.run_days is not None and (terms.content_days or 0) > terms.run_days:
        raise Unfit("content_days", "must not be more than the days of runs: texts go with them")


def _tell(policy: RetentionPolicy, by: str, now: dt.datetime) -> None:
    told = Told(
        kind=InstanceKind.RETENTION_SET,
        key=f"retention.set:{policy.project_id}:{policy.version}",
        by=by,
        facts={
            "content_days": policy.content_days,
            "project": policy.project_id,
            "run_days": policy.run_days,
        },
    )
    record_in_instance_log(told, now_ns=int(now.timestamp()) * 10**9)
