"""A log as the database has it, from a size on: what checkpoints and proofs are made of."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q

from deliberation.ledger.head import split_frontier
from traces.audit.proofs import Growth
from traces.models import Checkpoint, InstanceEntry, InstanceLog, LedgerEntry, Run


@dataclass(frozen=True, slots=True)
class Log:
    """A run's ledger, or the instance's log: its id, its size and its frontier. `of_instance` says which."""

    id: uuid.UUID
    size: int
    frontier: tuple[bytes, ...]
    of_instance: bool = False


def log_of_run(run_id: uuid.UUID) -> Log:
    """Return a run's log as it is now. Raises Run.DoesNotExist."""
    run = Run.objects.only("id", "size", "frontier").get(pk=run_id)
    return Log(run.id, run.size, _split(run.frontier))


def log_of_instance() -> Log | None:
    """Return the instance's log as it is now; None before anything was told."""
    row = InstanceLog.objects.filter(size__gt=0).first()
    if row is None:
        return None
    return Log(row.run_id, row.size, _split(row.frontier), of_instance=True)


def read_growth(log: Log, since: int, until: int) -> Growth:
    """Return how a log grew between two sizes: from the frontier of a checkpoint, or else from all leaves before.

    Raises ValueError when leaves are missing.
    """
    before = (
        Checkpoint.objects.filter(run_id=log.id, size__lte=since).order_by("-size", "-id").first()
    )
    start, frontier = (before.size, _split(before.frontier)) if before else (0, ())
    leaves = read_leaves(log, start, until)
    return Growth(start, frontier, leaves).at(since)


def read_leaves(log: Log, low: int, high: int) -> list[bytes]:
    """Return the leaf hashes of the entries from `low` to before `high`. Raises ValueError when some are missing."""
    within = Q(seq__gte=low, seq__lt=high)
    rows = (
        InstanceEntry.objects.filter(within)
        if log.of_instance
        else LedgerEntry.objects.filter(within, run_id=log.id)
    )
    leaves = [bytes(leaf) for leaf in rows.order_by("seq").values_list("leaf", flat=True)]
    if len(leaves) != high - low:
        raise ValueError(f"of {high - low} entries from {low} on, {len(leaves)} are there")
    return leaves


def _split(packed: bytes | memoryview) -> tuple[bytes, ...]:
    return tuple(split_frontier(bytes(packed)))
