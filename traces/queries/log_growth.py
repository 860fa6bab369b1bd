"""A log as the database has it, from a size on: what checkpoints and proofs are made of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from deliberation.ledger.head import split_frontier
from traces.audit.proofs import Growth
from traces.models import InstanceLog, Run

_Starts = dict[uuid.UUID, tuple[int, tuple[bytes, ...]]]
OF_RUNS = """
SELECT asked.id, entries.leaves
  FROM unnest(%s::uuid[], %s::int8[], %s::int8[]) AS asked (id, low, high) CROSS JOIN LATERAL (
       SELECT string_agg(leaf, ''::bytea ORDER BY seq) AS leaves FROM traces_ledgerentry
        WHERE run_id = asked.id AND seq >= asked.low AND seq < asked.high) AS entries
"""
OF_INSTANCE = """
SELECT asked.id, entries.leaves
  FROM unnest(%s::uuid[], %s::int8[], %s::int8[]) AS asked (id, low, high) CROSS JOIN LATERAL (
       SELECT string_agg(leaf, ''::bytea ORDER BY seq) AS leaves FROM traces_instanceentry
        WHERE seq >= asked.low AND seq < asked.high) AS entries
"""


class Missing(ValueError):
    """Entries that a log should have are not there; the message says which."""


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

    Raises `Missing`.
    """
    [found] = read_growths([(log, since, until)])
    if isinstance(found, Missing):
        raise found
    return found


def read_growths(wanted: Sequence[tuple[Log, int, int]]) -> list[Growth | Missing]:
    """Return for each log how it grew between two sizes, or what is missing; two queries for however many logs."""
    starts = _frontiers_before([(log.id, since) for log, since, _ in wanted])
    ranges = [(log, starts[log.id][0], until) for log, _, until in wanted]
    leaves = _leaves(ranges)
    found: list[Growth | Missing] = []
    for log, since, until in wanted:
        start, frontier = starts[log.id]
        hashes = split_frontier(leaves[log.id])
        if len(hashes) != until - start:
            found.append(
                Missing(f"of {until - start} entries from {start} on, {len(hashes)} are there")
            )
        else:
            found.append(Growth(start, frontier, hashes).at(since))
    return found


def _frontiers_before(wanted: Sequence[tuple[uuid.UUID, int]]) -> _Starts:
    """Return for each log the last checkpoint of at most so many entries: its size and frontier; 0 where none is."""
    ids, sizes = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.id, coalesce(last.size, 0), last.frontier"
            " FROM unnest(%s::uuid[], %s::int8[]) AS asked (id, size) LEFT JOIN LATERAL"
            " (SELECT size, frontier FROM traces_checkpoint WHERE run_id = asked.id AND size <= asked.size"
            "  ORDER BY size DESC, id DESC LIMIT 1) AS last ON true",
            [list(ids), list(sizes)],
        )
        return {log: (size, _split(frontier or b"")) for log, size, frontier in cursor.fetchall()}


def _leaves(ranges: Sequence[tuple[Log, int, int]]) -> dict[uuid.UUID, bytes]:
    """Return the leaf hashes of each log in a range, one after the other."""
    found: dict[uuid.UUID, bytes] = {}
    for of_instance, statement in ((False, OF_RUNS), (True, OF_INSTANCE)):
        asked = [(log.id, low, high) for log, low, high in ranges if log.of_instance == of_instance]
        if asked:
            with connection.cursor() as cursor:
                cursor.execute(statement, [*map(list, zip(*asked, strict=True))])
                found |= {log: bytes(leaves or b"") for log, leaves in cursor.fetchall()}
    return found


def _split(packed: bytes | memoryview) -> tuple[bytes, ...]:
    return tuple(split_frontier(bytes(packed)))
