"""Ask for a bundle of a run, or end an export that is not over. Rows only: a worker writes."""

from __future__ import annotations

import uuid

from traces.actions.conflict import Unfit
from traces.audit.export_options import ExportOptions
from traces.audit.parquet import MISSING, can_write_parquet
from traces.models import Bundle, Run
from traces.models.bundle import UNFINISHED, BundleStatus
from traces.queries.access import NotVisible

MAX_WAITING = 20
"""Of one project. Each may be a gigabyte that somebody has to write."""


def ask_for_bundle(
    *, run: Run, options: ExportOptions, by: str, bundle_id: uuid.UUID, now_ns: int
) -> Bundle:
    """Put down that a bundle is wanted; the same id again is the same export.

    Raises Unfit, and NotVisible where the id is that of another run's export.
    """
    if options.parquet and not can_write_parquet():
        raise Unfit("parquet", MISSING)
    waiting = Bundle.objects.filter(project_id=run.project_id, status__in=UNFINISHED)
    if waiting.exclude(pk=bundle_id).count() >= MAX_WAITING:
        raise Unfit("run_id", f"{MAX_WAITING} exports of this project are under way: wait for one")
    asked, _ = Bundle.objects.get_or_create(
        id=bundle_id,
        defaults={
            "project_id": run.project_id,
            "run_id": run.pk,
            "by": by,
            "options": options.as_plain(),
            "asked_ns": now_ns,
        },
    )
    if asked.run_id != run.pk:
        raise NotVisible
    return asked


def cancel_bundle(*, bundle_id: uuid.UUID, by: str, now_ns: int) -> bool:
    """End an export; False when it was over already. The worker that writes it finds out within seconds."""
    ended = Bundle.objects.filter(pk=bundle_id, status__in=UNFINISHED).update(
        status=BundleStatus.CANCELLED,
        ended_ns=now_ns,
        ended_by=by,
        token=None,
        claimed_until=None,
    )
    return bool(ended)
