"""Who sees what: a person by their memberships, a machine by its key's project."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from traces.models import ApiKey, Membership, Run
from traces.models.access import Role, Scope
from traces.models.run import FOREIGN
from traces.queries.one_look import look_up


class NotVisible(Exception):
    """The object is not there, or the asker may not know that it is: both look the same."""


class NotAllowed(Exception):
    """The asker sees the object and may not do this to it; the message says which role it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who asks, as the projects they may look into, with their role in each.

    `by` names them in what they change.
    """

    project_ids: frozenset[int]
    by: str = ""
    roles: Mapping[int, str] = field(default_factory=dict)


Who = Any
"""Whoever asks: a Django user, or a `Viewer` made from a key."""

JUDGES = (Role.REVIEWER, Role.OPERATOR, Role.OWNER)
"""Who may say what a run is, beyond looking at it."""


def viewer_of(user: Any, roles: Collection[str] = tuple(Role)) -> Viewer:
    """Return what a person may look into, or act in with `roles`. A superuser has no more than their memberships."""
    if user is None or not user.is_authenticated:
        return Viewer(project_ids=frozenset())
    theirs = Membership.objects.filter(user_id=user.pk).values_list("project_id", "role")
    held = look_up((Membership, user.pk), lambda: dict(theirs))
    by_project = {project: role for project, role in held.items() if role in roles}
    return Viewer(
        project_ids=frozenset(by_project), by=f"user:{user.get_username()}", roles=by_project
    )


def viewer_of_key(key: ApiKey) -> Viewer:
    """Return what a machine may look into: its key's project, in the role that its scopes come to."""
    may_control = {Scope.CONTROL.value, Scope.ADMIN.value} & set(key.scopes)
    role = Role.OPERATOR if may_control else Role.VIEWER
    return Viewer(
        project_ids=frozenset({key.project_id}),
        by=f"key:{key.prefix}",
        roles={key.project_id: role.value},
    )


def as_viewer(who: Who) -> Viewer:
    """Return `who` as a viewer, whatever they came as."""
    return who if isinstance(who, Viewer) else viewer_of(who)


def see_run(who: Who, run_id: str | uuid.UUID) -> Run:
    """Return the run's row. Raises NotVisible for an unknown run, another's, or an id that is none.

    A run without a single entry is one whose first report was not recorded yet: it is not there either.
    """
    wanted = as_uuid(run_id)
    runs = Run.objects.select_related("project").filter(id=wanted, size__gt=0)
    run = look_up((Run, wanted), runs.first)
    if run is None or run.project_id not in as_viewer(who).project_ids:
        raise NotVisible
    return run


def see_run_as(
    who: Who, run_id: str | uuid.UUID, roles: Collection[str], *, may_be_foreign: bool = False
) -> Run:
    """Return the run's row for whoever may change something of it: has one of the roles in its project.

    Raises NotVisible, then NotAllowed, also for a run that came in a bundle, which stands as it came: it can be taken
    away as a whole, for which `may_be_foreign` asks.
    """
    viewer = as_viewer(who)
    run = see_run(viewer, run_id)
    if viewer.roles.get(run.project_id) not in roles:
        raise NotAllowed(told_roles(roles))
    if run.source == FOREIGN and not may_be_foreign:
        raise NotAllowed(
            gettext("this run came in a bundle from another installation and stands as it came")
        )
    return run


def may_add(who: Who, run: Run, roles: Collection[str]) -> bool:
    """Whether somebody has one of the roles in the run's project, and the run is one that is added to at all."""
    return as_viewer(who).roles.get(run.project_id) in roles and run.source != FOREIGN


def told_roles(roles: Collection[str]) -> str:
    """Return which roles something takes, in the language of whoever is refused."""
    known = f" {gettext('or')} ".join(roles)
    return gettext("this takes the role {roles} in the run's project").format(roles=known)


def as_uuid(text: str | uuid.UUID) -> uuid.UUID:
    """Return the id as a UUID. Raises NotVisible for anything that is none."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise NotVisible from None


def is_storable(text: str) -> bool:
    """Whether Postgres could hold this text at all: what it cannot hold matches nothing."""
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
