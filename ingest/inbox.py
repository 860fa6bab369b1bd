"""The inbox: where an acknowledged body waits to be recorded.

Guarantee: a row is committed before its sender gets 200, and is deleted only by the transaction that records it or by
the one that buries it. A crash at any point leaves the row; a worker that died loses its claim after LEASE_SECONDS,
and if it was only slow, its deletion finds the claim gone and its transaction is undone.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import (
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)

from deliberation.events.codec import encode
from ingest.models import DeadLetter, Signal
from ingest.statements import INBOX
from traces.actions.record import Report
from traces.projection.texts import cut

LEASE_SECONDS = 15
CLAIM_ROWS = 400
CLAIM_BYTES = 1_000_000
MAX_ATTEMPTS = 5
MAX_REASON_CHARS = 2_000
WORKER_SLOTS = 64
NOBODYS_FAULT = (OperationalError, InterfaceError, InternalError, ProgrammingError)
"""Postgres is in trouble, or its tables are not those of this program: no body is to blame."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One body in our hands. `attempts` counts this claim."""

    id: int
    project: int
    key_prefix: str
    signal: str
    media: str
    encoding: str
    received_ns: int
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class InboxState:
    """How far behind recording is. `recorded` counts events ever recorded."""

    pending: int
    oldest_pending_seconds: float | None
    recorded: int
    dead_letters: int


class LostClaim(Exception):
    """Another worker took a body over: what was about to be recorded must not be."""


def claim(token: uuid.UUID) -> list[Claimed]:
    """Take the oldest bodies nobody holds, up to about 1 MB; the claim is committed at once.

    A body that was claimed before and is still here comes alone: it may have killed its worker, and the attempts
    are to count against it and not against its neighbours.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            INBOX["claim"],
            {"token": token, "lease": LEASE_SECONDS, "rows": CLAIM_ROWS, "bytes": CLAIM_BYTES},
        )
        rows = cursor.fetchall()
    return sorted((Claimed(*row) for row in rows), key=lambda each: each.id)


def settle(token: uuid.UUID, ids: Sequence[int]) -> None:
    """Delete recorded bodies, within the transaction that records them. Raises LostClaim."""
    with connection.cursor() as cursor:
        cursor.execute(INBOX["settle"], {"token": token, "ids": list(ids)})
        if cursor.rowcount != len(ids):
            raise LostClaim(
                f"{len(ids) - cursor.rowcount} of {len(ids)} bodies are another worker's now"
            )


def bury(token: uuid.UUID, entry: Claimed, error: str) -> bool:
    """Move a body that cannot be recorded to the dead letters, with the reason. False when it is not ours any more."""
    with connection.cursor() as cursor:
        # The reason may quote the body, and so hold what Postgres does not take.
        reason = cut(error, MAX_REASON_CHARS)
        cursor.execute(INBOX["bury"], {"token": token, "id": entry.id, "error": reason})
        return bool(cursor.rowcount)


def keep_foreign(report: Report) -> None:
    """Keep events for a run that turned out to be another project's, as a dead letter of their sender."""
    DeadLetter.objects.create(
        project_id=report.project,
        key_prefix=report.by.removeprefix("key:"),
        signal=Signal.EVENTS,
        media="json",
        encoding="identity",
        received_ns=report.received_at,
        body=b"\n".join(json.dumps(encode(event)).encode() for event in report.events),
        buried_at=dt.datetime.fromtimestamp(report.received_at // 1_000_000_000, dt.UTC),
        error=f"run {report.run} belongs to another project",
    )


def release(token: uuid.UUID, seconds: float) -> None:
    """Give back what we hold, to be claimed again after so many seconds, and twice as many at each attempt."""
    with connection.cursor() as cursor:
        cursor.execute(INBOX["release"], {"token": token, "pause": seconds})


def count_recorded(bodies: int, events: int) -> None:
    """Add to the tally of what was recorded, within the transaction that records."""
    worker = f"{socket.gethostname()}/{os.getpid() % WORKER_SLOTS}"
    with connection.cursor() as cursor:
        cursor.execute(INBOX["count"], {"worker": worker, "bodies": bodies, "events": events})


def state(now_ns: int) -> InboxState:
    """Return how far behind recording is, at `now_ns`."""
    with connection.cursor() as cursor:
        cursor.execute(INBOX["state"])
        pending, oldest, recorded, dead = cursor.fetchone()
    waited = None if oldest is None else max(0.0, (now_ns - oldest) / 1e9)
    return InboxState(pending, waited, int(recorded), dead)


def recorded_until(now_ns: int) -> dt.datetime:
    """Return the moment up to which whatever was received has been recorded or buried."""
    with connection.cursor() as cursor:
        cursor.execute(INBOX["oldest"])
        [oldest] = cursor.fetchone()
    until = now_ns if oldest is None else min(oldest, now_ns)
    return dt.datetime.fromtimestamp(until / 1e9, dt.UTC)


def list_dead_letters(
    *, project_ids: Sequence[int], after: int | None, limit: int
) -> list[DeadLetter]:
    """Return dead letters of these projects, newest first, below id `after`; bodies are not loaded."""
    letters = DeadLetter.objects.filter(project_id__in=project_ids).defer("body").order_by("-id")
    return list((letters.filter(id__lt=after) if after is not None else letters)[:limit])


def retry(*, letter: int, project_ids: Sequence[int]) -> bool:
    """Put a dead letter back into the inbox. False when these projects have no such letter."""
    with connection.cursor() as cursor:
        cursor.execute(INBOX["retry"], {"id": letter, "projects": list(project_ids)})
        return cursor.fetchone() is not None
