"""Two owners who go at once."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from tests.integration.concurrency.test_control import at_once
from tests.people import make_person, make_project
from traces.actions.conflict import Unfit
from traces.actions.give_role import give_role
from traces.models import Membership
from traces.models.access import Role

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def go(project_id: int, person: str) -> str:
    try:
        give_role(project_id=project_id, person=person, role=None, by=f"user:{person}", now=NOW)
    except Unfit:
        return "stays"
    return "went"


def test_of_owners_who_all_go_at_once_one_stays() -> None:
    project = make_project()
    people = [f"owner{number}" for number in range(8)]
    for person in people:
        make_person(person, project=project, role=Role.OWNER)
    done = at_once([partial(go, project.pk, person) for person in people])
    assert sorted(done) == ["stays"] + ["went"] * 7
    assert Membership.objects.filter(project=project, role=Role.OWNER).count() == 1
