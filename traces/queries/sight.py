"""What a socket may follow, asked often and therefore cheaply: one row by its key."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.models import Project
from traces.queries.access import NotVisible, Who, as_viewer, is_storable, see_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A run, or all runs of a project: whose it is, and the last seq; -1 where there is no single one."""

    project: int
    run: str | None
    seq: int


def sight_of_run(*, who: Who, run_id: str | uuid.UUID) -> Sight:
    """Return what is seen of a run. Raises NotVisible."""
    run = see_run(who, run_id)
    return Sight(project=run.project_id, run=str(run.id), seq=run.size - 1)


def sight_of_project(*, who: Who, slug: str) -> Sight:
    """Return what is seen of a project. Raises NotVisible."""
    if not is_storable(slug):
        raise NotVisible
    visible = Project.objects.filter(id__in=as_viewer(who).project_ids)
    found = visible.filter(slug=slug).values_list("id", flat=True).first()
    if found is None:
        raise NotVisible
    return Sight(project=found, run=None, seq=-1)
