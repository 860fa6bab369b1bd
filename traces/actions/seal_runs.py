"""Seal runs: have their ledgers signed, tell the instance's log, and have that signed too.

Guarantee: nothing here is waited for by ingest, and all of it may be done again. Order matters where it may die: a
run's note is kept and told of in one transaction; the instance's log is signed after that is committed, so that no
signed head ever covers an entry that was undone. What was signed and not kept is signed again by the next pass, with
a proof from what the signer remembers. A database that was set back is refused for good, and said to be.
"""

from __future__ import annotations

import datetime as dt
import uuid
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from traces.actions.plan_sealing import PAUSE
from traces.actions.sign_logs import Candidate, sign_logs
from traces.actions.signer_trouble import note_trouble
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.audit.instance_kinds import InstanceKind
from traces.models import Checkpoint, InstanceEntry, Sealing
from traces.queries.checkpoints import find_last
from traces.queries.due_runs import due_runs
from traces.queries.log_growth import log_of_instance, log_of_run
from traces.signer.ask import Custody, SignerAt
from traces.signer.sign import NotSigned, Refused

ADVISORY_LOCK = 0x7365616C
"""One pass at a time: two would ask for the heads of one log in the wrong order."""
PORTION = 500
REFUSED_PAUSE = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did: runs that were signed, and runs that the signer refused."""

    signed: int = 0
    refused: int = 0


def seal_due_runs(*, signer: SignerAt, now_ns: int) -> Pass:
    """Seal what is due, at most PORTION runs. Nothing happens while another pass is under way.

    Where nobody signs, that is noted for the health page, and everything stays due.
    """
    with _alone(wait=False) as is_alone:
        if not is_alone:
            return Pass()
        try:
            custody = _meet(signer, now_ns)
            now = _moment(now_ns)
            candidates = [
                Candidate(log, _origin(custody, log.id), since)
                for log, since in due_runs(now=now, limit=PORTION)
            ]
            found = _seal(signer, candidates, now_ns)
            _sign_instance(signer, custody.name, now_ns)
            note_trouble(None, now=now, name=custody.name)
        except NotSigned as error:
            note_trouble(str(error), now=_moment(now_ns))
            return Pass()
    refused = sum(isinstance(each, Refused) for each in found)
    return Pass(len(found) - refused, refused)


def seal_run(run_id: uuid.UUID, *, signer: SignerAt, now_ns: int) -> Checkpoint:
    """Return a checkpoint over all that a run's ledger holds now, told of in the instance's log, which is signed.

    For exports and receipts. Waits for a pass under way. Raises `NotSigned` with the reason.
    """
    with _alone(wait=True):
        custody = _meet(signer, now_ns)
        log, origin = log_of_run(run_id), _origin(custody, run_id)
        last = find_last(run_id)
        if last is None or (last.size, last.origin) != (log.size, origin):
            candidate = Candidate(log, origin, last.size if last else 0)
            [found] = _seal(signer, [candidate], now_ns)
            if isinstance(found, Refused):
                raise found
            last = found
        _sign_instance(signer, custody.name, now_ns)
        note_trouble(None, now=_moment(now_ns), name=custody.name)
    return last


def seal_instance(*, signer: SignerAt, now_ns: int) -> None:
    """Tell the instance's log of keys that it does not know, and have it signed. Raises `NotSigned`."""
    with _alone(wait=True):
        _sign_instance(signer, _meet(signer, now_ns).name, now_ns)


def _meet(signer: SignerAt, now_ns: int) -> Custody:
    """Ask who signs, and tell the instance's log of keys that it does not know."""
    custody = signer.custody()
    told = [
        Told(kind=kind, key=f"{kind.kind}:{key.line}", facts={"key": key.line})
        for key in custody.keys
        for kind in (InstanceKind.KEY_ADDED, *([InstanceKind.KEY_RETIRED] if key.until else []))
    ]
    keys = [each.key for each in told]
    if InstanceEntry.objects.filter(key__in=keys).count() < len(keys):
        record_in_instance_log(*told, now_ns=now_ns)
    return custody


def _seal(
    signer: SignerAt, candidates: Sequence[Candidate], now_ns: int
) -> list[Checkpoint | Refused]:
    found = sign_logs(signer, candidates, now_ns=now_ns) if candidates else []
    signed = [each for each in found if isinstance(each, Checkpoint)]
    with transaction.atomic(durable=True):
        _note_sealed(signed, _moment(now_ns))
        if signed:
            told = record_in_instance_log(*map(_told, signed), now_ns=now_ns)
            for each in signed:
                each.instance_seq = told[_told(each).key]
            Checkpoint.objects.bulk_create(signed, ignore_conflicts=True)
        _note_refused(
            [
                (c.log.id, str(e))
                for c, e in zip(candidates, found, strict=True)
                if isinstance(e, Refused)
            ],
            _moment(now_ns),
        )
    return found


def _sign_instance(signer: SignerAt, name: str, now_ns: int) -> None:
    log = log_of_instance()
    if log is None:
        return
    last = Checkpoint.objects.filter(run_id=log.id, origin=name).order_by("-size").first()
    since = last.size if last else 0
    if since == log.size:
        return
    [found] = sign_logs(signer, [Candidate(log, name, since)], now_ns=now_ns)
    if isinstance(found, Refused):
        raise Refused(f"the instance's own log: {found}", found.last)
    Checkpoint.objects.bulk_create([found], ignore_conflicts=True)


def _told(checkpoint: Checkpoint) -> Told:
    run = str(checkpoint.run_id)
    root = b64encode(checkpoint.root).decode()
    return Told(
        kind=InstanceKind.RUN_CHECKPOINT,
        key=f"checkpoint:{run}:{checkpoint.size}",
        facts={"root": root, "run": run, "size": checkpoint.size},
    )


def _note_sealed(signed: Sequence[Checkpoint], now: dt.datetime) -> None:
    """Say how far runs are sealed; what came since is due soon, or at once where it must not wait."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE traces_sealing SET sealed_size = %s, trouble = NULL, due_at = CASE"
            " WHEN size <= %s THEN NULL WHEN urgent_size > %s THEN %s ELSE %s END"
            " WHERE run_id = %s AND sealed_size <= %s",
            [
                [each.size, each.size, each.size, now, now + PAUSE, each.run_id, each.size]
                for each in sorted(signed, key=lambda each: each.run_id)
            ],
        )


def _note_refused(refused: Sequence[tuple[uuid.UUID, str]], now: dt.datetime) -> None:
    for run_id, sentence in sorted(refused):
        Sealing.objects.filter(run_id=run_id).update(trouble=sentence, due_at=now + REFUSED_PAUSE)


@contextmanager
def _alone(*, wait: bool) -> Iterator[bool]:
    _check_outside_transactions()
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            is_alone = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _check_outside_transactions() -> None:
    """What a transaction around this might still undo must not be signed. Raises RuntimeError."""
    with transaction.atomic(durable=True):
        pass


def _origin(custody: Custody, run_id: uuid.UUID) -> str:
    return f"{custody.name}/runs/{run_id}"


def _moment(now_ns: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
