"""One round of a runner: take its heartbeats, let it wait for news, tell it, and note what was handed over.

A command is *delivered* when it stands in an answer to a runner of its project's. That is noted after the answer: who
waits for a click to have an effect does not wait for the ledger. A process that dies between the two leaves a command
that is acknowledged without having been delivered, which its stages allow.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.auth import Sender
from ingest.control.after import do_later, poke_later
from ingest.control.named import make_traces_known, named_runs
from ingest.control.said import Ask, SaidBeat
from ingest.control.threads import in_thread
from ingest.control.told import tell, tell_command, tell_conflict
from ingest.control.waiting import waiting_room
from traces.actions.conflict import Conflict, Unfit
from traces.actions.heartbeat import heartbeat
from traces.actions.hold_lease import Beat
from traces.actions.reserve_spending import renew_reservations
from traces.actions.stage_command import note_delivery
from traces.live.publish import RunChange
from traces.queries.access import NotVisible
from traces.queries.clock import read_clock
from traces.queries.hearing import Hearing, hear

NOT_HERE = {"status": 404, "title": "Not Found", "detail": "no such run in this key's project"}
Answers = dict[str, dict[str, Any]]


@dataclass(slots=True)
class _Party:
    """Whom a request speaks for: the runs that may wait, and the answers of those that may not, by name."""

    runs: dict[str, uuid.UUID] = field(default_factory=dict)
    refused: Answers = field(default_factory=dict)
    changes: list[RunChange] = field(default_factory=list)


async def hear_of(sender: Sender, asks: Mapping[str, Ask], wait: float) -> Answers:
    """Return the answer for each named run, as soon as one has news or has none to be told, or after `wait` s."""
    deadline = time.monotonic() + wait
    party = await in_thread(_take, sender, asks)
    poke_later(party.changes)
    after = {run: asks[name].after for name, run in party.runs.items()}
    seated = {str(run): seq for run, seq in after.items()}
    with waiting_room().seat(seated) as woken:
        while True:
            woken.clear()
            heard, now_ns = await in_thread(_look, sender.project, after)
            left = deadline - time.monotonic()
            if party.refused or left <= 0 or _has_news(heard, after):
                break
            await _nap(woken, left)
    _note_later(heard.values())
    told = {name: _tell(heard.get(run), now_ns) for name, run in party.runs.items()}
    return party.refused | told


async def commands_for(sender: Sender, runs: Collection[str]) -> list[dict[str, Any]]:
    """Return the open commands of these runs, for an answer to a post of their events.

    A program whose poll does not get through hears of them this way, with its next event. One that was handed over
    already is told of again: it knows it by its id.
    """
    if not runs:
        return []
    nothing_heard = {uuid.UUID(run): 0 for run in runs}
    heard, now_ns = await in_thread(_look, sender.project, nothing_heard)
    _note_later(heard.values())
    return [tell_command(each, now_ns=now_ns) for run in heard.values() for each in run.commands]


def _take(sender: Sender, asks: Mapping[str, Ask]) -> _Party:
    now_ns = read_clock()
    # Only a heartbeat makes a trace known: whoever listens changes nothing.
    beaten = [name for name, ask in asks.items() if ask.beat is not None]
    make_traces_known(project=sender.project, names=beaten, now_ns=now_ns, randbytes=os.urandom)
    named = named_runs(project=sender.project, names=asks)
    renew_reservations(holders=_holders(asks, named), now_ns=now_ns)
    party = _Party()
    for name, run in named.items():
        beat = asks[name].beat
        try:
            if run is None:
                raise NotVisible
            if beat is not None:
                party.changes += _beat(sender, run, beat, now_ns)
            party.runs[name] = run
        except NotVisible:
            party.refused[name] = NOT_HERE
        except Conflict as conflict:
            party.refused[name] = tell_conflict(conflict, now_ns=now_ns)
        except Unfit as unfit:
            party.refused[name] = {"status": 422, "title": "Unfit", "detail": str(unfit)}
    return party


def _holders(
    asks: Mapping[str, Ask], named: Mapping[str, uuid.UUID | None]
) -> dict[uuid.UUID, str]:
    said = ((run, asks[name].holder) for name, run in named.items())
    return {run: holder for run, holder in said if run is not None and holder}


def _beat(sender: Sender, run: uuid.UUID, said: SaidBeat, now_ns: int) -> tuple[RunChange, ...]:
    beat = Beat(
        run_id=run,
        attempt=said.attempt,
        state=said.state,
        holder=said.holder,
        killable=said.killable,
        in_call=said.in_call,
        spent=said.spent,
        reserved=said.reserved,
        limits=said.limits,
    )
    by = f"key:{sender.key_prefix}"
    return heartbeat(
        project=sender.project, beat=beat, by=by, now_ns=now_ns, randbytes=os.urandom
    ).changes


def _look(project: int, after: Mapping[uuid.UUID, int]) -> tuple[dict[uuid.UUID, Hearing], int]:
    return hear(project_id=project, after=after), read_clock()


def _tell(hearing: Hearing | None, now_ns: int) -> dict[str, Any]:
    return NOT_HERE if hearing is None else tell(hearing, now_ns=now_ns)


def _has_news(heard: Mapping[uuid.UUID, Hearing], after: Mapping[uuid.UUID, int]) -> bool:
    unknown = any(run not in heard for run in after)
    return unknown or any(each.control_seq > after[run] for run, each in heard.items())


async def _nap(woken: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return


def _note_later(heard: Collection[Hearing]) -> None:
    handed_over = {each.run: each.undelivered for each in heard if each.undelivered}
    if handed_over:
        do_later(_note(handed_over))


async def _note(handed_over: Mapping[uuid.UUID, Collection[str]]) -> None:
    poke_later(await in_thread(_note_each, handed_over))


def _note_each(handed_over: Mapping[uuid.UUID, Collection[str]]) -> list[RunChange]:
    return [
        change
        for run, command_ids in handed_over.items()
        for change in note_delivery(
            run_id=run, command_ids=command_ids, now_ns=read_clock(), randbytes=os.urandom
        )
    ]
