"""Imports as pages show them, and who may see and make them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from ingest.models import Import, ImportState
from traces.models import ForeignRun, Project, Run
from traces.models.access import Role
from traces.queries.access import NotVisible, Viewer, viewer_of
from traces.queries.projects import ProjectRow, list_projects
from traces.queries.runs import is_trace_id

MAY_IMPORT = (Role.OPERATOR, Role.OWNER)
"""An import makes runs that everybody in the project sees: more than a reviewer's word on one."""
ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """An import in a list. Times in ns since 1970; `share` of its files has been read, None when it is not known."""

    id: uuid.UUID
    project: str
    title: str
    by: str
    state: str
    files: int
    size: int
    run_count: int
    uploaded_ns: int
    is_over: bool
    has_troubles: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOfImport:
    """A run that came out of an import. `trace_id` is that of a trace, None for what no trace told of."""

    id: uuid.UUID
    name: str | None
    task: str | None
    trace_id: str | None
    strategy: str
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDetail:
    """One import whole. `warnings` are sentences with the number of runs they are about; `more_runs` are not listed.

    `foreign` is what the verifier said of a bundle, the same for each run that came in it.
    """

    row: ImportRow
    format: str | None
    reading: str | None
    files_read: int
    files_found: int | None
    took_ns: int | None
    formats: list[tuple[str, int]]
    runs: list[RunOfImport]
    more_runs: int
    warnings: list[tuple[str, int]]
    left_out: list[str]
    errors: list[str]
    error: str | None
    foreign: ForeignRun | None

    @property
    def share(self) -> float | None:
        """How much of its files has been read, 0 to 1."""
        return self.files_read / self.files_found if self.files_found else None


def projects_to_import_into(who: Any) -> list[ProjectRow]:
    """Return the projects that a person may import into, by name."""
    return list_projects(who=viewer_of(who, MAY_IMPORT))


def list_imports(*, who: Any) -> list[ImportRow]:
    """Return the newest imports of the projects that a person may look into."""
    found = Import.objects.filter(project_id__in=viewer_of(who).project_ids)
    rows = list(found.order_by("-uploaded_ns", "pk")[:ON_A_PAGE])
    slugs = _slugs({row.project_id for row in rows})
    return [_row(row, slugs) for row in rows]


def get_import(*, who: Any, import_id: uuid.UUID) -> ImportDetail:
    """Return one import. Raises NotVisible."""
    viewer: Viewer = viewer_of(who)
    row = Import.objects.filter(pk=import_id, project_id__in=viewer.project_ids).first()
    if row is None:
        raise NotVisible
    runs = _runs(row)
    return ImportDetail(
        row=_row(row, _slugs({row.project_id})),
        format=row.format,
        reading=row.reading,
        files_read=row.files_read,
        files_found=row.files_found,
        took_ns=row.ended_ns - row.uploaded_ns if row.ended_ns is not None else None,
        formats=sorted(row.formats.items()),
        runs=runs,
        more_runs=max(0, row.run_count - len(row.runs)) if row.ended_ns is not None else 0,
        warnings=[(text, times) for text, times in row.warnings],
        left_out=row.left_out,
        errors=row.errors,
        error=row.error,
        foreign=ForeignRun.objects.filter(pk__in=[run.id for run in runs]).order_by("pk").first(),
    )


def _runs(row: Import) -> list[RunOfImport]:
    found = Run.objects.filter(pk__in=row.runs, project_id=row.project_id)
    by_id = {run.pk: _run(run) for run in found}
    return [by_id[run] for run in row.runs if run in by_id]


def _run(run: Run) -> RunOfImport:
    return RunOfImport(
        id=run.pk,
        name=run.name,
        task=run.task,
        trace_id=run.trace_id if is_trace_id(run.trace_id) else None,
        strategy=run.strategy,
        nodes=run.nodes,
    )


def _row(row: Import, slugs: dict[int, str]) -> ImportRow:
    return ImportRow(
        id=row.pk,
        project=slugs.get(row.project_id, ""),
        title=row.title,
        by=row.by,
        state=row.state,
        files=row.files,
        size=row.size,
        run_count=row.run_count,
        uploaded_ns=row.uploaded_ns,
        is_over=row.state in (ImportState.DONE, ImportState.FAILED),
        has_troubles=bool(row.errors),
    )


def _slugs(projects: set[int]) -> dict[int, str]:
    return dict(Project.objects.filter(pk__in=projects).values_list("pk", "slug"))
