"""Give somebody a role in a project, another one, or none any more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext

from traces.actions.conflict import Unfit
from traces.models import Membership, Project, RoleChange
from traces.models.access import Role
from traces.queries.access import is_storable


def give_role(
    *, project_id: int, person: str, role: str | None, by: str, now: dt.datetime
) -> RoleChange | None:
    """Give a person that role, None for none. Returns None when they had it. Raises Unfit.

    The last owner stays one: a project without would be nobody's to change, ever.
    """
    if role not in (None, *Role.values):
        raise Unfit("role", gettext("must be one of {known}").format(known=", ".join(Role.values)))
    with transaction.atomic():
        # Locked, so that of two owners who both go, one stays.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        user = _find(person)
        held = Membership.objects.filter(project_id=project_id, user=user).first()
        was = held.role if held else None
        if was == role:
            return None
        if was == Role.OWNER and not _other_owners(project_id, user):
            raise Unfit(
                "role",
                gettext("cannot be taken from {person}, the project's last owner").format(
                    person=person
                ),
            )
        _put(project_id, user, role)
        return RoleChange.objects.create(
            project_id=project_id, person=person, was=was, role=role, by=by, at=now
        )


def _find(person: str) -> Any:
    accounts = get_user_model().objects
    user = accounts.filter(username=person).first() if is_storable(person) else None
    if user is None:
        raise Unfit("person", gettext("must be the name of an account"))
    return user


def _other_owners(project_id: int, user: Any) -> bool:
    """Whether somebody else owns it who can sign in."""
    owners = Membership.objects.filter(project_id=project_id, role=Role.OWNER)
    return owners.filter(user__is_active=True).exclude(user=user).exists()


def _put(project_id: int, user: Any, role: str | None) -> None:
    if role is None:
        Membership.objects.filter(project_id=project_id, user=user).delete()
    else:
        Membership.objects.update_or_create(
            project_id=project_id, user=user, defaults={"role": role}
        )
