"""The projects somebody may look into."""

from __future__ import annotations

from dataclasses import dataclass

from traces.models import Project
from traces.queries.access import NotVisible, Who, as_viewer, is_storable


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


def get_project(*, who: Who, slug: str | None) -> ProjectRow:
    """Return one of the projects that `who` may look into, by its slug; None is the only one. Raises NotVisible."""
    found = Project.objects.filter(id__in=as_viewer(who).project_ids)
    if slug is not None:
        found = found.filter(slug=slug) if is_storable(slug) else found.none()
    rows = list(found[:2])
    if len(rows) != 1:
        raise NotVisible
    return ProjectRow(id=rows[0].pk, slug=rows[0].slug, name=rows[0].name)
