"""The projects somebody may look into."""

from __future__ import annotations

from dataclasses import dataclass

from traces.models import Project
from traces.queries.access import Who, as_viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A project in a list."""

    id: int
    slug: str
    name: str


def list_projects(*, who: Who) -> list[ProjectRow]:
    """Return the projects that `who` may look into, by name."""
    found = Project.objects.filter(id__in=as_viewer(who).project_ids).order_by("name", "id")
    return [ProjectRow(id=each.pk, slug=each.slug, name=each.name) for each in found]
