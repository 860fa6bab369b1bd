"""The people of a project, and who gave whom which role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from traces.models import Membership, RoleChange
from traces.models.access import Role

SHOWN_CHANGES = 100
RANKS = [Role.OWNER, Role.OPERATOR, Role.REVIEWER, Role.VIEWER]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChangeRow:
    """One change; None in `was` or `role` is no role."""

    person: str
    was: str | None
    role: str | None
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """Somebody with a role. `given` is the change that gave it, None where it was not recorded."""

    person: str
    role: str
    is_active: bool
    given: RoleChangeRow | None


COLUMNS = tuple(RoleChangeRow.__slots__)


def list_members(project_id: int) -> list[MemberRow]:
    """Return a project's people, owners first, then by name. The caller has checked it."""
    newest = RoleChange.objects.filter(project_id=project_id).order_by("person", "-pk")
    given = {
        row["person"]: RoleChangeRow(**row) for row in newest.distinct("person").values(*COLUMNS)
    }
    found = Membership.objects.filter(project_id=project_id)
    rows = [
        MemberRow(person=person, role=role, is_active=is_active, given=given.get(person))
        for person, role, is_active in found.values_list(
            "user__username", "role", "user__is_active"
        )
    ]
    return sorted(rows, key=lambda row: (RANKS.index(Role(row.role)), row.person))


def list_role_changes(project_id: int) -> list[RoleChangeRow]:
    """Return the latest changes, the newest first. The caller has checked the project."""
    found = RoleChange.objects.filter(project_id=project_id).order_by("-pk")
    return [RoleChangeRow(**values) for values in found.values(*COLUMNS)[:SHOWN_CHANGES]]
