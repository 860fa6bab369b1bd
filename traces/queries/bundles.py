"""Exports of runs as pages and the API show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from traces.audit.export_options import ExportOptions
from traces.models import Bundle, Run
from traces.models.access import Role
from traces.models.bundle import UNFINISHED, BundleStatus
from traces.queries.access import JUDGES, NotVisible, Who, as_uuid, as_viewer, see_run

ON_A_PAGE = 100
MAY_EXPORT: tuple[Role, ...] = JUDGES
"""Who may have a bundle written: it is work for the server, and leaves it. Whoever may look may download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """One export. Times in ns since 1970; `size` in bytes; `root` in base64; `identity` as hex."""

    id: uuid.UUID
    run_id: uuid.UUID
    run_name: str | None
    by: str
    status: str
    options: ExportOptions
    asked_ns: int
    entries: int | None
    entries_done: int
    ended_ns: int | None
    ended_by: str | None
    error: str | None
    file: str | None
    size: int | None
    identity: str | None
    root: str | None
    parts: dict[str, int] | None
    signed_by: str | None
    expires_ns: int | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.status not in UNFINISHED

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.status == BundleStatus.READY

    @property
    def share(self) -> float | None:
        """How much of its entries is written, 0 to 1; None while nobody writes."""
        return self.entries_done / self.entries if self.entries else None


def list_bundles(*, who: Who, run_id: str | uuid.UUID | None = None) -> list[BundleRow]:
    """Return the newest exports of a run, or of all projects that `who` may look into. Raises NotVisible."""
    found = Bundle.objects.filter(project_id__in=as_viewer(who).project_ids)
    if run_id is not None:
        found = found.filter(run_id=see_run(who, run_id).pk)
    return _rows(found.order_by("-asked_ns", "pk")[:ON_A_PAGE])


def get_bundle(*, who: Who, bundle_id: str | uuid.UUID) -> BundleRow:
    """Return one export. Raises NotVisible."""
    allowed = Bundle.objects.filter(project_id__in=as_viewer(who).project_ids)
    return _one(allowed.filter(pk=as_uuid(bundle_id)))


def bundle_of_link(bundle_id: uuid.UUID) -> BundleRow:
    """Return the export that a link leads to, whoever asks: the link was checked. Raises NotVisible."""
    return _one(Bundle.objects.filter(pk=bundle_id))


def _one(found: Iterable[Bundle]) -> BundleRow:
    rows = _rows(found)
    if not rows:
        raise NotVisible
    return rows[0]


def _rows(found: Iterable[Bundle]) -> list[BundleRow]:
    bundles = list(found)
    runs = Run.objects.filter(pk__in={each.run_id for each in bundles})
    names = dict(runs.values_list("pk", "name"))
    return [_row(each, names.get(each.run_id)) for each in bundles]


def _row(bundle: Bundle, run_name: str | None) -> BundleRow:
    return BundleRow(
        id=bundle.pk,
        run_id=bundle.run_id,
        run_name=run_name,
        by=bundle.by,
        status=bundle.status,
        options=ExportOptions.of(bundle.options),
        asked_ns=bundle.asked_ns,
        entries=bundle.entries,
        entries_done=bundle.entries_done,
        ended_ns=bundle.ended_ns,
        ended_by=bundle.ended_by,
        error=bundle.error,
        file=bundle.file,
        size=bundle.size,
        identity=bundle.identity,
        root=bundle.root,
        parts=bundle.parts,
        signed_by=bundle.signed_by,
        expires_ns=bundle.expires_ns,
    )
