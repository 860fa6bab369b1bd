"""Runners as pages and the API show them: which process serves which programs, and when it was last heard of."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from traces.models import Runner
from traces.queries.access import NotVisible, Who, as_uuid, as_viewer

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedEntry:
    """One program that a runner can begin."""

    entry_point: str
    version: str | None
    code_digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRow:
    """One runner; times in ns since 1970 by the database's clock."""

    id: uuid.UUID
    project: str
    name: str
    by: str
    entries: list[ServedEntry]
    registered_ns: int
    heard_ns: int
    expires_ns: int

    def is_live(self, now_ns: int) -> bool:
        """Return True while it was heard of lately enough."""
        return self.expires_ns > now_ns

    def serves(self, entry_point: str) -> bool:
        """Whether it can begin this program."""
        return any(each.entry_point == entry_point for each in self.entries)


def list_runners(*, who: Who, project_id: int | None = None) -> list[RunnerRow]:
    """Return the runners of a project, or of all that somebody may look into; those heard of last come first."""
    allowed = as_viewer(who).project_ids
    wanted: Collection[int] = allowed if project_id is None else allowed & {project_id}
    found = Runner.objects.filter(project_id__in=wanted).select_related("project")
    return [_row(each) for each in found.order_by("-heard_ns", "pk")[:SHOWN]]


def find_runner(*, who: Who, runner_id: str | uuid.UUID) -> Runner:
    """Return the row itself, for whoever acts in its name. Raises NotVisible."""
    allowed = Runner.objects.filter(project_id__in=as_viewer(who).project_ids)
    found = allowed.filter(pk=as_uuid(runner_id)).first()
    if found is None:
        raise NotVisible
    return found


def is_served(project_id: int, entry_point: str, now_ns: int) -> bool:
    """Whether a runner that can begin this program is heard of. The caller has checked the project."""
    live = Runner.objects.filter(project_id=project_id, expires_ns__gt=now_ns)
    return live.filter(entries__contains=[{"entry_point": entry_point}]).exists()


def _row(found: Runner) -> RunnerRow:
    names = ("entry_point", "version", "code_digest")
    return RunnerRow(
        id=found.pk,
        project=found.project.slug,
        entries=[ServedEntry(**{name: each.get(name) for name in names}) for each in found.entries],
        **{
            name: getattr(found, name)
            for name in ("name", "by", "registered_ns", "heard_ns", "expires_ns")
        },
    )
