"""Append to the log of the instance.

Guarantee: in the caller's transaction, so that the entry and what it tells of are there together or not at all. An
entry with a key that is known is not written again. The log's row is locked until the caller's transaction ends: tell
as the last thing that you do in it, after what locks runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from deliberation.bundle.strict_json import read
from deliberation.events.codec import VERSION
from deliberation.events.run_opened import OPENING_KEY
from deliberation.ledger.canonical import dump
from deliberation.ledger.head import split_frontier
from deliberation.ledger.tree import append, hash_leaf
from traces.audit.instance_kinds import InstanceKind
from traces.models import InstanceEntry, InstanceLog

SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact about the instance: its facts are those that its kind names; `by` is who did it, as in a run's lines."""

    kind: InstanceKind
    key: str
    facts: Mapping[str, Any]
    by: str = SERVER


OPENING = Told(kind=InstanceKind.LOG_OPENED, key=OPENING_KEY, facts={"source": "instance"})


def record_in_instance_log(*told: Told, now_ns: int) -> dict[str, int]:
    """Append the facts that are not known yet; return the entry of each key. Raises ValueError for unfit facts."""
    for each in told:
        if each.facts.keys() != each.kind.facts:
            raise ValueError(f"{each.kind.kind} has the facts {', '.join(sorted(each.kind.facts))}")
    with transaction.atomic():
        read_log()
        log = InstanceLog.objects.select_for_update().get(pk=InstanceLog.ONLY)
        known = dict(
            InstanceEntry.objects.filter(key__in=[each.key for each in told]).values_list(
                "key", "seq"
            )
        )
        fresh = list({each.key: each for each in told if each.key not in known}.values())
        if fresh:
            known |= _append(log, fresh, now_ns)
    return known


def read_log() -> InstanceLog:
    """Return the log's row; its UUID is made when it is first asked for."""
    found = InstanceLog.objects.filter(pk=InstanceLog.ONLY).first()
    if found is not None:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_instancelog (id, run_id) VALUES (%s, gen_random_uuid()) ON CONFLICT DO NOTHING",
            [InstanceLog.ONLY],
        )
    return InstanceLog.objects.get(pk=InstanceLog.ONLY)


def _append(log: InstanceLog, told: Sequence[Told], now_ns: int) -> dict[str, int]:
    begun = [OPENING, *told] if log.size == 0 else told
    entries = [_entry(log, seq, each, now_ns) for seq, each in enumerate(begun, start=log.size)]
    InstanceEntry.objects.bulk_create(entries)
    frontier = split_frontier(bytes(log.frontier))
    grown, log.size = append(frontier, log.size, (bytes(entry.leaf) for entry in entries))
    log.frontier = b"".join(grown)
    log.save(update_fields=["size", "frontier"])
    return {entry.key: entry.seq for entry in entries}


def _entry(log: InstanceLog, seq: int, told: Told, now_ns: int) -> InstanceEntry:
    facts = dict(told.facts)
    line = dump(
        {"by": told.by, "d": facts, "key": told.key, "kind": told.kind.kind, "p": {}}
        | {"run": str(log.run_id), "seq": seq, "t_rx": str(now_ns), "v": VERSION}
    )
    read(line)  # what no verifier would take must not be signed
    return InstanceEntry(
        seq=seq,
        kind=told.kind.kind,
        key=told.key,
        run_id=facts.get("run"),
        recorded_at=dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC),
        line=line,
        leaf=hash_leaf(line),
    )
