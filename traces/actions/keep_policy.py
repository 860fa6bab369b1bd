"""Keep a policy of approval: add it, change it by a new version, or end it. What was in force stays as history."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from deliberation.vocabulary import Risk, SideEffect
from traces.actions.conflict import Unfit
from traces.actions.request_approval import MAX_NEEDED, MAX_TIMEOUT_SECONDS
from traces.models import ApprovalPolicy, Project
from traces.models.access import Role
from traces.queries.access import NotVisible, is_storable

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
MAX_POLICIES = 50
"""In force in one project: each program of it is told of all of them."""
NEXT_ROLES = (Role.OPERATOR.value, Role.OWNER.value)
EFFECTS = tuple(each.value for each in SideEffect)
RISKS = tuple(each.value for each in Risk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a policy says; without `timeout_seconds` it waits as long as the settings say."""

    name: str
    tool: str | None = None
    side_effect: str | None = None
    risk: str | None = None
    needed: int = 1
    timeout_seconds: int | None = None
    escalate_to: str | None = None
    escalate_after_seconds: int | None = None


def keep_policy(
    *, project_id: int, terms: Terms, by: str, now: dt.datetime, replaces: int | None = None
) -> ApprovalPolicy:
    """Put a policy in force. Raises Unfit. The same again is the version that stands.

    `replaces` is the version that its author has seen in force, 0 for none: any other that stands by now is not
    replaced unseen. None replaces whatever stands.
    """
    given = terms.timeout_seconds
    seconds = settings.APPROVAL_TIMEOUT_SECONDS if given is None else given
    _check(terms, seconds)
    said = {**asdict(terms), "timeout_seconds": seconds}
    with transaction.atomic():
        # Locked, so that two who change a policy at once make two versions of it.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        stands = ApprovalPolicy.objects.filter(
            project_id=project_id, name=terms.name, ended_at=None
        ).first()
        if stands is not None and all(getattr(stands, name) == said[name] for name in said):
            return stands
        if replaces is not None and replaces != (stands.version if stands else 0):
            raise Unfit("name", _overtaken(stands))
        in_force = ApprovalPolicy.objects.filter(project_id=project_id, ended_at=None)
        if stands is None and in_force.count() >= MAX_POLICIES:
            raise Unfit("name", f"a project has at most {MAX_POLICIES} policies")
        return _put(project_id, said, by, now)


def end_policy(
    *, project_id: int, name: str, by: str, now: dt.datetime, version: int | None = None
) -> ApprovalPolicy:
    """End the version of a policy that is in force; with `version`, only that one. Raises NotVisible."""
    wanted = {"project_id": project_id, "name": name, "ended_at": None}
    if version is not None:
        wanted["version"] = version
    with transaction.atomic():
        found = ApprovalPolicy.objects.select_for_update(no_key=True).filter(**wanted).first()
        if found is None:
            raise NotVisible
        found.ended_by, found.ended_at = by, now
        found.save(update_fields=["ended_by", "ended_at"])
    return found


def _put(project_id: int, said: dict[str, Any], by: str, now: dt.datetime) -> ApprovalPolicy:
    known = ApprovalPolicy.objects.filter(project_id=project_id, name=said["name"])
    known.filter(ended_at=None).update(ended_by=by, ended_at=now)
    version = 1 + (known.order_by("-version").values_list("version", flat=True).first() or 0)
    return ApprovalPolicy.objects.create(
        project_id=project_id, version=version, created_by=by, created_at=now, **said
    )


def _overtaken(stands: ApprovalPolicy | None) -> str:
    if stands is None:
        return "was ended meanwhile"
    return f"is in force as version {stands.version}, by {stands.created_by}: change that one"


def _check(terms: Terms, seconds: int) -> None:
    if not NAME.fullmatch(terms.name):
        raise Unfit("name", "must be 1 to 50 small letters, digits and _ -")
    if terms.tool is not None and not (terms.tool and is_storable(terms.tool)):
        raise Unfit("tool", "must be a tool's exact name")
    if terms.side_effect not in (None, *EFFECTS):
        raise Unfit("side_effect", f"must be one of {', '.join(EFFECTS)}")
    if terms.risk not in (None, *RISKS):
        raise Unfit("risk", f"must be one of {', '.join(RISKS)}")
    if not 1 <= terms.needed <= MAX_NEEDED:
        raise Unfit("needed", f"must be from 1 to {MAX_NEEDED}")
    if not 1 <= seconds <= MAX_TIMEOUT_SECONDS:
        raise Unfit("timeout_seconds", f"must be from 1 to {MAX_TIMEOUT_SECONDS}")
    _check_next(terms, seconds)


def _check_next(terms: Terms, seconds: int) -> None:
    role, after = terms.escalate_to, terms.escalate_after_seconds
    if role not in (None, *NEXT_ROLES):
        raise Unfit("escalate_to", f"must be one of {', '.join(NEXT_ROLES)}")
    if (role is None) is not (after is None):
        raise Unfit("escalate_after_seconds", "goes together with escalate_to")
    if after is not None and not 1 <= after < seconds:
        raise Unfit("escalate_after_seconds", "must be less than the time that it waits at all")
