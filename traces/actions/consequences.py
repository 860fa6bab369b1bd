"""What a command does at once, in the transaction that records it. All else is the runner's to do.

A pause places a hold and a resume lifts one; a raise sets limits. A stop of a run that nobody has begun ends it: there
is no program that could still do anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext

from deliberation.events import CommandStaged, Event, HoldLifted, HoldPlaced, StateReported
from deliberation.events.codec import MAX_ID_CHARS
from deliberation.events.fields import clean
from deliberation.vocabulary import CommandKind, CommandStage, ObservedState, Reporter
from traces.actions.conflict import Conflict, Unfit
from traces.actions.given import Given
from traces.actions.raise_budget import raise_by_command
from traces.actions.tell_run import control_key
from traces.queries.commands import read_command
from traces.queries.holds import OF_RULES, HoldRow, read_holds

NOT_BEGUN = "nobody had begun it"
LIFTED_FIRST = "its hold was lifted before the program had waited"


def source_of(by: str) -> str:
    """Return who holds, when a person or a machine does: short enough for an id."""
    return clean(by, MAX_ID_CHARS)


def consequences(given: Given) -> Iterator[Event]:
    """Yield what follows from a command at once. Raises Conflict or Unfit."""
    follow = FOLLOWS.get(given.order.kind)
    return iter(()) if follow is None else follow(given)


def _place(given: Given) -> Iterator[Event]:
    hold_id = f"cmd:{given.order.command_id}"
    yield HoldPlaced(
        run=given.run_id,
        key=control_key("hold", hold_id),
        at=given.now_ns,
        hold=hold_id,
        source=source_of(given.by),
        reason=given.order.reason,
        command=given.order.command_id,
    )


def _lift(given: Given) -> Iterator[Event]:
    hold = hold_to_lift(given)
    yield HoldLifted(
        run=given.run_id,
        key=control_key("lift", hold.hold_id),
        at=given.now_ns,
        hold=hold.hold_id,
        by=given.by,
        command=given.order.command_id,
    )
    for pause in given.standing.open_of({CommandKind.PAUSE}):
        if pause.command_id == hold.command_id:
            yield CommandStaged(
                run=given.run_id,
                key=control_key("cmd", pause.command_id, CommandStage.EXPIRED.value),
                at=given.now_ns,
                command=pause.command_id,
                stage=CommandStage.EXPIRED,
                detail=LIFTED_FIRST,
            )


def _end_what_has_not_begun(given: Given) -> Iterator[Event]:
    lease = given.standing.lease
    is_taken = lease is not None and lease.is_live(given.now_ns)
    if given.run.observed_state != ObservedState.QUEUED.value or is_taken:
        return
    command_id = given.order.command_id
    yield StateReported(
        run=given.run_id,
        key=control_key("cancelled", given.order.command_id),
        at=given.now_ns,
        state=ObservedState.CANCELLED,
        by=Reporter.SERVER,
        detail=NOT_BEGUN,
    )
    yield CommandStaged(
        run=given.run_id,
        key=control_key("cmd", command_id, CommandStage.APPLIED.value),
        at=given.now_ns,
        command=command_id,
        stage=CommandStage.APPLIED,
        detail=NOT_BEGUN,
    )


FOLLOWS: dict[CommandKind, Callable[[Given], Iterator[Event]]] = {
    CommandKind.PAUSE: _place,
    CommandKind.RESUME: _lift,
    CommandKind.STOP: _end_what_has_not_begun,
    CommandKind.RAISE_BUDGET: raise_by_command,
}


def hold_to_lift(given: Given) -> HoldRow:
    """Return the hold that a resume means. Raises Unfit for one that never was, Conflict for one that is lifted.

    By default the asker's own newest, else the newest that a person placed: what a budget or an approval holds is
    lifted by name only.
    """
    if given.order.hold_id is not None:
        return _named(given, given.order.hold_id)
    holds = [each for each in given.standing.holds if not each.source.startswith(OF_RULES)]
    own = [each for each in holds if each.source == source_of(given.by)]
    for hold in [*own, *holds]:
        return hold
    raise Conflict(
        gettext("a budget or an approval holds the run; name its hold_id, or do what it waits for"),
        given.run,
    )


def _named(given: Given, hold_id: str) -> HoldRow:
    found = [each for each in read_holds(given.run.id, only_open=False) if each.hold_id == hold_id]
    if not found:
        raise Unfit("hold_id", gettext("the run has no hold of this id"))
    hold = found[0]
    if not hold.is_open:
        lifted = hold.lifted_command and read_command(given.run.id, hold.lifted_command)
        raise Conflict(
            gettext("the hold was lifted by {lifted_by}").format(lifted_by=hold.lifted_by),
            given.run,
            winner=lifted or None,
        )
    return hold
