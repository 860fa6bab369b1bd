"""Versions of a project's policies, whatever they are about: put in force, replaced, and ended."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext

from traces.actions.conflict import Unfit
from traces.models import ApprovalPolicy, BudgetPolicy, Project
from traces.queries.access import NotVisible

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
MAX_POLICIES = 50
"""Of one kind, in force in one project: each pass, or each program of it, looks at all of them."""
AnyPolicy = TypeVar("AnyPolicy", ApprovalPolicy, BudgetPolicy)


def put_version(
    table: type[AnyPolicy],
    *,
    project_id: int,
    said: dict[str, Any],
    by: str,
    now: dt.datetime,
    replaces: int | None,
) -> AnyPolicy:
    """Put a policy in force, as the next version of its name. Raises Unfit. The same again is the one that stands.

    `replaces` is the version that its author has seen in force, 0 for none: any other that stands by now is not
    replaced unseen. None replaces whatever stands.
    """
    _check_name(said["name"])
    with transaction.atomic():
        # Locked, so that two who change a policy at once make two versions of it.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        in_force = table.objects.filter(project_id=project_id, ended_at=None)
        stands = in_force.filter(name=said["name"]).first()
        if stands is not None and all(getattr(stands, name) == said[name] for name in said):
            return stands
        if replaces is not None and replaces != (stands.version if stands else 0):
            raise Unfit("name", _overtaken(stands))
        if stands is None and in_force.count() >= MAX_POLICIES:
            raise Unfit(
                "name", gettext("a project has at most {most} policies").format(most=MAX_POLICIES)
            )
        return _put(table, project_id, said, by, now)


def end_version(
    table: type[AnyPolicy],
    *,
    project_id: int,
    name: str,
    by: str,
    now: dt.datetime,
    version: int | None,
) -> AnyPolicy:
    """End the version of a policy that is in force; with `version`, only that one. Raises NotVisible."""
    wanted = {"project_id": project_id, "name": name, "ended_at": None}
    if version is not None:
        wanted["version"] = version
    with transaction.atomic():
        found = table.objects.select_for_update(no_key=True).filter(**wanted).first()
        if found is None:
            raise NotVisible
        found.ended_by, found.ended_at = by, now
        found.save(update_fields=["ended_by", "ended_at"])
    return found


def _put(
    table: type[AnyPolicy], project_id: int, said: dict[str, Any], by: str, now: dt.datetime
) -> AnyPolicy:
    known = table.objects.filter(project_id=project_id, name=said["name"])
    known.filter(ended_at=None).update(ended_by=by, ended_at=now)
    version = 1 + (known.order_by("-version").values_list("version", flat=True).first() or 0)
    return table.objects.create(
        project_id=project_id, version=version, created_by=by, created_at=now, **said
    )


def _overtaken(stands: ApprovalPolicy | BudgetPolicy | None) -> str:
    if stands is None:
        return gettext("was ended meanwhile")
    words = gettext("is in force as version {version}, by {by}: change that one")
    return words.format(version=stands.version, by=stands.created_by)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Unfit("name", gettext("must be 1 to 50 small letters, digits and _ -"))
