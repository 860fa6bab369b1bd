"""One pass of a worker: claim bodies, decode, map, record, poke.

Guarantee: each acknowledged event is recorded exactly once. The bodies are deleted in the transaction that records
their events; a crash before it leaves them claimed until the lease ends, a crash after it leaves nothing to do. A body
that cannot be recorded is buried with its reason and never stops the others.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Sequence

from django.db import OperationalError

from ingest import inbox
from ingest.inbox import Claimed, LostClaim
from ingest.reports import read_reports
from traces.actions.record import record
from traces.live.publish import poke

RETRY_PAUSE_SECONDS = 1.0
Randbytes = Callable[[int], bytes]
log = logging.getLogger(__name__)


def drain_once(*, now_ns: int, randbytes: Randbytes) -> bool:
    """Do one pass. True when there was something to do, and so perhaps more is."""
    token = uuid.UUID(bytes=randbytes(16))
    claimed = inbox.claim(token)
    if not claimed:
        return False
    readable = _without_killers(token, claimed)
    try:
        _record(token, readable, now_ns, randbytes)
    except LostClaim as lost:
        log.warning("%s", lost)
    except OperationalError:
        # Postgres itself is in trouble: nobody's body is at fault.
        inbox.release(token, RETRY_PAUSE_SECONDS)
        raise
    except Exception:
        log.exception("a pass failed; its %d bodies are tried one by one", len(readable))
        _one_by_one(token, readable, now_ns, randbytes)
    return True


def _record(
    token: uuid.UUID, claimed: Sequence[Claimed], now_ns: int, randbytes: Randbytes
) -> None:
    reports, unreadable = read_reports(claimed, now_ns=now_ns, randbytes=randbytes)
    for entry, reason in unreadable:
        inbox.bury(token, entry, reason)
    buried = {entry.id for entry, _ in unreadable}
    ids = [entry.id for entry in claimed if entry.id not in buried]
    if not ids:
        return
    events = sum(len(report.events) for report in reports)

    def settle() -> None:
        inbox.settle(token, ids)
        inbox.count_recorded(len(ids), events)

    now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
    recorded = record(
        reports=reports, now=now, randbytes=randbytes, settle=settle, refuse=inbox.keep_foreign
    )
    poke(recorded.changes)


def _one_by_one(
    token: uuid.UUID, claimed: Sequence[Claimed], now_ns: int, randbytes: Randbytes
) -> None:
    for entry in claimed:
        try:
            _record(token, [entry], now_ns, randbytes)
        except (OperationalError, LostClaim):
            inbox.release(token, RETRY_PAUSE_SECONDS)
            raise
        except Exception as error:  # noqa: BLE001 - the reason is kept with the body
            inbox.bury(token, entry, f"{type(error).__name__}: {error}")


def _without_killers(token: uuid.UUID, claimed: Sequence[Claimed]) -> list[Claimed]:
    """Bury bodies whose every claim so far ended with the worker's death."""
    sound = [entry for entry in claimed if entry.attempts <= inbox.MAX_ATTEMPTS]
    for entry in claimed:
        if entry.attempts > inbox.MAX_ATTEMPTS:
            inbox.bury(token, entry, f"no worker survived it in {inbox.MAX_ATTEMPTS} attempts")
    return sound
