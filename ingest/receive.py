"""Receive: check a body, commit it to the inbox, and only then say yes.

Guarantee: when `put` returns, the body is on disk (fsync by Postgres' commit) and will be recorded. Nothing else is
promised, and nothing else is waited for.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from deliberation.events import Event
from deliberation.ledger.head import format_head
from ingest.auth import Sender
from ingest.pool import open_pool
from ingest.statements import INBOX

MAX_PENDING = 20_000
MAX_PENDING_BYTES = 4 * 1024**3  # large bodies fill a disk before they are many
LOOK_SECONDS = 0.5
MAX_HEADS = 16


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run as the door sees it: whose it is, its head when its ledger has begun, and what is asked of it.

    `note` is the last checkpoint that was signed of it by now, None before the first: the door asks no signer.
    `control_seq` is the last entry that its runner must hear of; 0 while nothing was ever asked.
    """

    project: int
    head: str | None
    note: str | None
    desired_state: str
    control_seq: int


class Backlog:
    """Whether the inbox is too full, looked up at most twice a second per process."""

    def __init__(self) -> None:
        self._looked_at = float("-inf")
        self._is_full = False

    async def is_full(self) -> bool:
        """Return True when senders must come back later."""
        if time.monotonic() - self._looked_at > LOOK_SECONDS:
            self._looked_at = time.monotonic()
            async with (await open_pool()).connection() as connection:
                cursor = await connection.execute(INBOX["backlog"], {"limit": MAX_PENDING})
                counted = await cursor.fetchone()
            bodies, size = counted or (0, 0)
            self._is_full = bodies >= MAX_PENDING or size >= MAX_PENDING_BYTES
        return self._is_full


backlog = Backlog()


async def put(
    *, sender: Sender, signal: str, media: str, encoding: str, received_ns: int, body: bytes
) -> None:
    """Commit one body to the inbox."""
    async with (await open_pool()).connection() as connection:
        await connection.execute(
            INBOX["put"],
            {
                "project": sender.project,
                "key_prefix": sender.key_prefix,
                "signal": signal,
                "media": media,
                "encoding": encoding,
                "received_ns": received_ns,
                "body": body,
            },
        )


async def find_known_runs(events: Iterable[Event]) -> dict[str, KnownRun]:
    """Return the runs among those of these events that exist already."""
    wanted = sorted({event.run for event in events})
    async with (await open_pool()).connection() as connection:
        cursor = await connection.execute(
            "SELECT id, project_id, size, frontier, desired_state, control_seq, (SELECT note FROM traces_checkpoint"
            " WHERE run_id = traces_run.id ORDER BY size DESC, id DESC LIMIT 1) FROM traces_run WHERE id = ANY(%s)",
            [[uuid.UUID(run) for run in wanted]],
        )
        rows = await cursor.fetchall()
    return {
        str(run): KnownRun(
            project=project,
            head=format_head(str(run), size, bytes(frontier)) if size else None,
            note=note,
            desired_state=desired_state,
            control_seq=control_seq,
        )
        for run, project, size, frontier, desired_state, control_seq, note in rows
    }
