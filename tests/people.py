"""Three people of every access test: alice owns, bob may look, charlie must see nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from traces.models import Membership, Project
from traces.models.access import Role

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A project, and who is who in it."""

    project: Project
    alice: AbstractBaseUser
    bob: AbstractBaseUser
    charlie: AbstractBaseUser


def make_project(slug: str = "default") -> Project:
    """A project by its slug, made when it is not there."""
    project, _ = Project.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    return project


def make_person(
    name: str, *, project: Project | None = None, role: Role | None = None
) -> AbstractBaseUser:
    """A user called `name`, with a role in the project when one is given."""
    user = get_user_model().objects.create_user(name, password=PASSWORD)
    if project and role:
        Membership.objects.create(project=project, user=user, role=role)
    return user


def make_people(slug: str = "default") -> People:
    """All three, and their project."""
    project = make_project(slug)
    return People(
        project=project,
        alice=make_person("alice", project=project, role=Role.OWNER),
        bob=make_person("bob", project=project, role=Role.VIEWER),
        charlie=make_person("charlie"),
    )
