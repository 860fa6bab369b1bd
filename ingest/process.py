"""One pass of a worker: claim bodies, decode, map, record, poke.

Guarantee: each acknowledged event is recorded exactly once. The bodies are deleted in the transaction that records
their events; a crash before it leaves them claimed until the lease ends, a crash after it leaves nothing to do. What
cannot be recorded stops nothing else: the rest of its body is recorded, and the body is kept whole as a dead letter
with the reason. Retried, it brings only what is missing, because a known event is dropped.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ingest import inbox
from ingest.inbox import NOBODYS_FAULT, Claimed, LostClaim
from ingest.limits import hold_to_limits
from ingest.reports import Damaged, read_reports
from ingest.salvage import record_what_can_be
from ingest.wire.body import inflate
from ingest.wire.errors import Refused
from traces.actions.place_verdicts import place_verdicts
from traces.actions.record import Recorded, record
from traces.actions.settle_responses import settle_responses
from traces.live.publish import poke

RETRY_PAUSE_SECONDS = 1.0
PORTION_BYTES = 16_000_000
"""Of bodies, inflated, in one transaction: a claim of 1 MB may inflate to 1 GB."""
Randbytes = Callable[[int], bytes]
log = logging.getLogger(__name__)


def drain_once(*, now_ns: int, randbytes: Randbytes) -> bool:
    """Do one pass. True when there was something to do, and so perhaps more is."""
    token = uuid.UUID(bytes=randbytes(16))
    claimed = inbox.claim(token)
    if not claimed:
        return False
    try:
        recorded = [
            each
            for portion in _portions(_without_killers(token, claimed))
            for each in _record_portion(token, portion, now_ns, randbytes)
        ]
        _bring_together(now_ns, randbytes)
        hold_to_limits(recorded, randbytes=randbytes)
    except LostClaim as lost:
        log.warning("%s", lost)
        inbox.release(token, RETRY_PAUSE_SECONDS)
    except NOBODYS_FAULT:
        inbox.release(token, RETRY_PAUSE_SECONDS)
        raise
    return True


def _bring_together(now_ns: int, randbytes: Randbytes) -> None:
    """Do what takes several runs. The bodies are recorded: what fails here is tried again by the sweeps."""
    try:
        poke(settle_responses())
        poke(place_verdicts(now_ns=now_ns, randbytes=randbytes))
    except NOBODYS_FAULT:
        raise
    except Exception:
        log.exception("what runs say of one another is not settled")


def _portions(claimed: Sequence[Claimed]) -> Iterator[list[Claimed]]:
    """Inflate bodies, and yield them as many at a time as memory and a lease can bear."""
    portion: list[Claimed] = []
    size = 0
    for entry in claimed:
        plain = _inflated(entry)
        if portion and size + len(plain.body) > PORTION_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(plain)
        size += len(plain.body)
    if portion:
        yield portion


def _inflated(entry: Claimed) -> Claimed:
    try:
        return replace(entry, body=inflate(entry.body, entry.encoding), encoding="identity")
    except Refused:
        return entry  # whoever reads it says why


def _record_portion(
    token: uuid.UUID, portion: Sequence[Claimed], now_ns: int, randbytes: Randbytes
) -> list[Recorded]:
    try:
        return _record(token, portion, now_ns, randbytes)
    except (LostClaim, *NOBODYS_FAULT):
        raise
    except Exception:
        log.exception("a pass failed; its %d bodies are tried one by one", len(portion))
    return [each for entry in portion for each in _record_alone(token, entry, now_ns, randbytes)]


def _record_alone(
    token: uuid.UUID, entry: Claimed, now_ns: int, randbytes: Randbytes
) -> list[Recorded]:
    try:
        return _record(token, [entry], now_ns, randbytes)
    except (LostClaim, *NOBODYS_FAULT):
        raise
    except Exception as error:  # noqa: BLE001 - the reason is kept with the body
        reason = f"{type(error).__name__}: {error}"
        try:
            return record_what_can_be(token, entry, reason, now_ns=now_ns, randbytes=randbytes)
        except (LostClaim, *NOBODYS_FAULT):
            raise
        except Exception:
            log.exception("nothing of a body can be recorded")
            inbox.bury(token, entry, reason)
            return []


def _record(
    token: uuid.UUID, claimed: Sequence[Claimed], now_ns: int, randbytes: Randbytes
) -> list[Recorded]:
    read = read_reports(claimed, now_ns=now_ns, randbytes=randbytes)
    for entry, reason in read.unreadable:
        inbox.bury(token, entry, reason)
    gone = {entry.id for entry, _ in (*read.unreadable, *read.damaged)}
    ids = [entry.id for entry in claimed if entry.id not in gone]
    if not ids and not read.damaged:
        return []
    events = sum(len(report.events) for report in read.reports)

    def settle() -> None:
        inbox.settle(token, ids)
        _bury_damaged(token, read.damaged)
        inbox.count_recorded(len(ids), events)

    now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
    recorded = record(
        reports=read.reports, now=now, randbytes=randbytes, settle=settle, refuse=inbox.keep_foreign
    )
    poke(recorded.changes)
    return [recorded]


def _bury_damaged(token: uuid.UUID, damaged: Sequence[Damaged]) -> None:
    for entry, reason in damaged:
        if not inbox.bury(token, entry, reason):
            raise LostClaim("a body is another worker's now")


def _without_killers(token: uuid.UUID, claimed: Sequence[Claimed]) -> list[Claimed]:
    """Bury bodies whose every claim so far ended with the worker's death."""
    sound = [entry for entry in claimed if entry.attempts <= inbox.MAX_ATTEMPTS]
    for entry in claimed:
        if entry.attempts > inbox.MAX_ATTEMPTS:
            inbox.bury(
                token,
                entry,
                f"no worker survived it or got it through in {inbox.MAX_ATTEMPTS} attempts",
            )
    return sound
