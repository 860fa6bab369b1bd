"""Issue a command: what somebody asks of a run becomes an entry of its ledger, then a row, then a poke.

Guarantee: when this returns, the command is committed and will be handed to the run's holder for as long as it is
open; that it was done is said by its stage alone. The same `command_id` again returns the same row, whatever else
came with it. Of two who ask for what excludes each other, the first has it and the other is handed the first's row.
Dying before the commit leaves nothing; dying after it, before the poke, costs the runner the second until it looks.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from deliberation.events import CommandIssued
from deliberation.vocabulary import (
    ActorKind,
    Applies,
    CommandKind,
    DesiredState,
    ObservedState,
    applies,
)
from deliberation.vocabulary.control import ENDS, faced
from traces.actions.conflict import Conflict
from traces.actions.consequences import consequences, hold_to_lift, source_of
from traces.actions.given import Given
from traces.actions.order import MAX_REASON_CHARS, Order, check_order
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.projection.states import RunState
from traces.projection.texts import cut
from traces.queries.commands import CommandRow, read_command
from traces.queries.holds import read_holds
from traces.queries.refusals import tell_refusal
from traces.queries.standing import Standing, read_standing

MAX_OPEN = 100
"""Commands and holds of a run, each. One who asks more than a program answers is told so; a stop is always taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The command's row; `is_new` is False when the id was known. `changes` are for live pages."""

    command: CommandRow
    is_new: bool
    changes: Changes


def issue_command(
    *, run_id: uuid.UUID, order: Order, by: str, now_ns: int, randbytes: Randbytes
) -> Issued:
    """Issue a command in the name of `by` (user:…, key:…, server:…, policy:…).

    Raises Unfit for what has not its form, NotVisible for an unknown run, Conflict for what does not apply.
    """
    check_order(order, by)
    with transaction.atomic():
        run = lock_run(run_id)
        known = read_command(run_id, order.command_id)
        if known is not None:
            return Issued(command=known, is_new=False, changes=())
        standing = read_standing(run_id)
        applied = _judge(order, run, standing, by)
        given = Given(run=run, standing=standing, order=order, by=by, now_ns=now_ns)
        beaten = standing.open_of(applied.supersedes)
        events = [_issued(given, beaten), *consequences(given)]
        changes = tell_run(run, events, by=by, now_ns=now_ns, randbytes=randbytes)
        command = read_command(run_id, order.command_id)
    assert command is not None, "a key of control was taken"
    return Issued(command=command, is_new=True, changes=changes)


def _judge(order: Order, run: RunState, standing: Standing, by: str) -> Applies:
    state = faced(ObservedState(run.observed_state), DesiredState(run.desired_state))
    found = applies(order.kind, state, holds=len(standing.holds), killable=standing.is_killable)
    if isinstance(found, str):
        raise Conflict(tell_refusal(found, state), run, winner=_winner(order, run, standing))
    if order.kind not in ENDS:
        _check_room(order, run, standing)
    if order.kind is CommandKind.PAUSE:
        _check_twin(order, run, standing, by)
    return found


def _winner(order: Order, run: RunState, standing: Standing) -> CommandRow | None:
    """Return what stands in the way: the end that was asked for, or whoever lifted the last hold before."""
    ending = standing.end()
    if ending is not None or order.kind is not CommandKind.RESUME:
        return ending
    lifted = [each for each in read_holds(run.id, only_open=False) if each.lifted_command]
    last = max(lifted, key=lambda each: each.lifted_ns or 0, default=None)
    return read_command(run.id, last.lifted_command or "") if last else None


def _check_room(order: Order, run: RunState, standing: Standing) -> None:
    is_open = sum(each.is_open for each in standing.commands)
    if is_open >= MAX_OPEN or (order.kind is CommandKind.PAUSE and len(standing.holds) >= MAX_OPEN):
        raise Conflict(
            gettext("{most} of them wait already; the run has not answered").format(most=MAX_OPEN),
            run,
        )


def _check_twin(order: Order, run: RunState, standing: Standing, by: str) -> None:
    asked = (source_of(by), cut(order.reason, MAX_REASON_CHARS))
    for hold in standing.holds:
        if (hold.source, hold.reason) == asked:
            winner = hold.command_id and read_command(run.id, hold.command_id)
            raise Conflict(
                gettext("{source} holds the run for this reason already").format(
                    source=hold.source
                ),
                run,
                winner=winner or None,
            )


def _issued(given: Given, beaten: list[CommandRow]) -> CommandIssued:
    order = given.order
    is_resume = order.kind is CommandKind.RESUME
    found = {"hold_id": hold_to_lift(given).hold_id} if is_resume else {}
    return CommandIssued(
        run=given.run_id,
        key=control_key("cmd", order.command_id),
        at=given.now_ns,
        command=order.command_id,
        command_kind=order.kind,
        by=given.by,
        by_kind=ActorKind(given.by.partition(":")[0]),
        seen_seq=order.seen_seq,
        supersedes=[each.command_id for each in beaten] or None,
        reason=order.reason,
        payload=order.payload(**found),
    )
