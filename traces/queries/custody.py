"""Who signs, how far, and what hinders it: for the health page, the API and the figures."""

from __future__ import annotations

import datetime as dt
import uuid
from base64 import b64encode
from dataclasses import dataclass

from deliberation.ledger.tree import root_of
from traces.audit.instance_kinds import InstanceKind
from traces.models import Checkpoint, InstanceEntry, InstanceLog, Run, Sealing
from traces.queries.access import Who, as_viewer
from traces.queries.log_growth import log_of_instance
from traces.signer.ask import SignerAt
from traces.signer.sign import NotSigned

LATE = dt.timedelta(seconds=60)
"""A run is signed within seconds of its time: one that waits for so long says that nobody signs."""
MOST_REFUSED = 100
SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key: its public half, since when and until when it signed (ns since 1970), and how many times, where known."""

    key: str
    since: int
    until: int | None
    signed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The name that is signed under, where the keys lie (None: nobody answers), the keys, and why nothing is signed."""

    name: str | None
    place: str | None
    keys: list[KeyRow]
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLog:
    """The log of the instance: its id in the place of a run, its size, its root (base64), and the last signed note."""

    id: uuid.UUID
    size: int
    root: str
    checkpoint: str | None
    signed_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRun:
    """A run that the signer does not sign, and why."""

    run: uuid.UUID
    sentence: str


def read_custody(signer: SignerAt) -> Custody:
    """Return who signs, asked of the signer; what the instance's log says of it where nobody answers."""
    log = InstanceLog.objects.filter(pk=InstanceLog.ONLY).first()
    trouble = log.trouble if log else None
    try:
        said = signer.custody()
    except NotSigned as error:
        return Custody(
            name=log.name if log else None,
            place=None,
            keys=_keys_told(),
            trouble=trouble or str(error),
        )
    keys = [
        KeyRow(key=each.line, since=each.since, until=each.until, signed=each.signed)
        for each in said.keys
    ]
    return Custody(name=said.name, place=said.place, keys=keys, trouble=trouble)


def read_signed_log() -> SignedLog | None:
    """Return the instance's log and its last checkpoint; None before anything was told."""
    log = log_of_instance()
    if log is None:
        return None
    last = Checkpoint.objects.filter(run_id=log.id).order_by("-id").first()
    return SignedLog(
        id=log.id,
        size=log.size,
        root=b64encode(root_of(log.frontier)).decode(),
        checkpoint=last.note if last else None,
        signed_at=last.signed_at if last else None,
    )


def count_unsigned(*, now: dt.datetime) -> int:
    """Return how many runs have waited for a signature for longer than they should."""
    return Sealing.objects.filter(due_at__lt=now - LATE).count()


def list_refused(*, who: Who) -> list[RefusedRun]:
    """Return the runs that the signer refused, of those that the asker may see."""
    refused = dict(
        Sealing.objects.filter(trouble__isnull=False).values_list("run_id", "trouble")[
            :MOST_REFUSED
        ]
    )
    visible = Run.objects.filter(
        id__in=refused, project_id__in=as_viewer(who).project_ids
    ).values_list("id", flat=True)
    return [RefusedRun(run=each, sentence=refused[each] or "") for each in visible.order_by("-id")]


def _keys_told() -> list[KeyRow]:
    entries = InstanceEntry.objects.filter(
        kind__in=(InstanceKind.KEY_ADDED.kind, InstanceKind.KEY_RETIRED.kind)
    ).order_by("seq")
    since: dict[str, dt.datetime] = {}
    until: dict[str, dt.datetime] = {}
    for entry in entries:
        told = since if entry.kind == InstanceKind.KEY_ADDED.kind else until
        told[entry.key.partition(":")[2]] = entry.recorded_at
    return [
        KeyRow(
            key=key,
            since=int(at.timestamp()) * SECOND,
            until=int(until[key].timestamp()) * SECOND if key in until else None,
            signed=None,
        )
        for key, at in since.items()
    ]
