"""The checkpoints of a run, and the proof that the last one stands in the log of the instance."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from traces.models import Checkpoint, InstanceEntry, Run
from traces.queries.access import NotVisible, Who, as_uuid, as_viewer
from traces.queries.log_growth import log_of_instance
from traces.queries.receipts import write_proof

MAX_NOTES = 10_000
"""Of one run, in a bundle: more are thinned out. The file that holds them there may have 16 MiB."""

MAX_ID = 2**63 - 1


class NoCheckpoint(Exception):
    """A run has no checkpoint, or the instance has not signed the entry about it yet: seal it first."""


def find_last(run_id: uuid.UUID, *, up_to: int | None = None) -> Checkpoint | None:
    """Return the checkpoint of a run over the most entries, `up_to` at most; None where there is none."""
    return _checkpoints(run_id, up_to).order_by("-size", "-id").first()


def checkpoints_of(run_id: uuid.UUID, *, up_to: int | None = None) -> list[str]:
    """Return the notes of a run, by ascending size, as `checkpoints.notes` has them ("\\n" between each two).

    Of the name that the instance bore at the last of them: a bundle has notes of one origin. At most MAX_NOTES, the
    first and the last among them.
    """
    last = find_last(run_id, up_to=up_to)
    if last is None:
        return []
    rows = _checkpoints(run_id, up_to).filter(origin=last.origin).order_by("size")
    sizes = list(rows.values_list("size", flat=True))
    if len(sizes) > MAX_NOTES:
        step = len(sizes) / MAX_NOTES
        sizes = sorted({sizes[int(at * step)] for at in range(MAX_NOTES - 1)} | {last.size})
        rows = rows.filter(size__in=sizes)
    return list(rows.values_list("note", flat=True))


def proof_for_last_checkpoint(
    run_id: uuid.UUID, *, up_to: int | None = None
) -> tuple[bytes, bytes]:
    """Return `instance.leaf` and `instance.tlog-proof` for the last checkpoint of a run. Raises NoCheckpoint.

    The proof leads to the first checkpoint of the instance that covers the entry.
    """
    last, log = find_last(run_id, up_to=up_to), log_of_instance()
    if last is None or log is None or last.instance_seq is None:
        raise NoCheckpoint(f"run {run_id} has no checkpoint")
    name = last.origin.rpartition("/runs/")[0]
    covering = (
        Checkpoint.objects.filter(run_id=log.id, origin=name, size__gt=last.instance_seq)
        .order_by("size")
        .first()
    )
    if covering is None:
        raise NoCheckpoint(f"the instance has not signed yet what it tells of run {run_id}")
    leaf = InstanceEntry.objects.values_list("line", flat=True).get(seq=last.instance_seq)
    return bytes(leaf) + b"\n", write_proof(log, last.instance_seq, covering.size, covering.note)


def list_checkpoints(
    *, who: Who, run_id: str | uuid.UUID, before: str | None, limit: int
) -> tuple[list[Checkpoint], str | None]:
    """Return what was signed of a run, newest first, and the cursor of the next page. Raises NotVisible."""
    run = Run.objects.filter(pk=as_uuid(run_id), project_id__in=as_viewer(who).project_ids)
    if not run.exists() or (before is not None and not before.isdecimal()):
        raise NotVisible
    found = Checkpoint.objects.filter(run_id=as_uuid(run_id)).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=min(int(before), MAX_ID))
    rows = list(found[: limit + 1])
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None


def _checkpoints(run_id: uuid.UUID, up_to: int | None) -> QuerySet[Checkpoint]:
    found = Checkpoint.objects.filter(run_id=run_id)
    return found if up_to is None else found.filter(size__lte=up_to)
