"""What a step waits for before it may spend: room, a hold, a person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from deliberation.client.alarm import limit
from deliberation.client.inquiry import TRY_SECONDS
from deliberation.client.more import aask_for_more, ask_for_more
from deliberation.client.settings import Settings
from deliberation.client.shared import book, give_back, is_shared
from deliberation.control import Gate, LimitExceeded
from deliberation.control.spending import Bill, Obstacle, Way, give_up, must_wait, take
from deliberation.control.waiters import Call
from deliberation.vocabulary import ObservedState

Around = Callable[[], frozenset[Call]]
"""The scopes that a step is part of, looked up only where it has to wait."""

LATER_SECONDS = 0.1
"""How long a step waits before it asks the server again whether other processes have given back."""
CONFIRM_SECONDS = 60.0
"""How long a run that came to a limit which pauses waits for the server to hold it, before it stops instead."""


def pay(settings: Settings, gate: Gate, bill: Bill, around: Around) -> None:
    """Return when a step may begin, with what it is to spend reserved. Raises `Stopped`.

    In a coroutine, entered with a plain `with`, it cannot wait for the tasks of its own loop: what is
    only guessed begins beside them, and what is stated and does not fit is a hit.
    """
    bill.may_wait = not _is_in_loop()
    began = time.monotonic()
    try:
        while (obstacle := take(gate, bill) or _book(gate, bill)) is not None:
            if obstacle.way is Way.HELD:
                gate.check(around())
            elif obstacle.way is Way.LATER:
                _mind_loop(gate, bill, began)
                with limit(gate, LATER_SECONDS) as is_late:
                    gate.wait_while(
                        lambda: not is_late(), state=ObservedState.RUNNING, around=around()
                    )
            elif obstacle.way is Way.WAIT:
                is_so, state = _full(gate, bill)
                gate.wait_while(is_so, state=state, around=around())
            elif obstacle.way is Way.PAUSE:
                with limit(gate, CONFIRM_SECONDS) as is_late:
                    gate.wait_while(_unheld(obstacle, is_late), around=around())
                _insist(obstacle)
            elif obstacle.way is Way.ASK:
                ask_for_more(settings, gate, obstacle, around())
            else:
                _end(gate)
    except BaseException:
        give_back(gate, bill)
        raise
    finally:
        give_up(gate, bill)


async def apay(settings: Settings, gate: Gate, bill: Bill, around: Around) -> None:
    """Do the same in a task, without blocking its event loop."""
    try:
        while (obstacle := take(gate, bill) or await _abook(gate, bill)) is not None:
            if obstacle.way is Way.HELD:
                await gate.acheck(around())
            elif obstacle.way is Way.LATER:
                with limit(gate, LATER_SECONDS) as is_late:
                    await gate.await_while(
                        lambda: not is_late(), state=ObservedState.RUNNING, around=around()
                    )
            elif obstacle.way is Way.WAIT:
                is_so, state = _full(gate, bill)
                await gate.await_while(is_so, state=state, around=around())
            elif obstacle.way is Way.PAUSE:
                with limit(gate, CONFIRM_SECONDS) as is_late:
                    await gate.await_while(_unheld(obstacle, is_late), around=around())
                _insist(obstacle)
            elif obstacle.way is Way.ASK:
                await aask_for_more(settings, gate, obstacle, around())
            else:
                _end(gate)
    except BaseException:
        give_back(gate, bill)
        raise
    finally:
        give_up(gate, bill)


def _book(gate: Gate, bill: Bill) -> Obstacle | None:
    return book(gate, bill) if is_shared(gate) else None


async def _abook(gate: Gate, bill: Bill) -> Obstacle | None:
    if not is_shared(gate):
        return None
    return await asyncio.get_running_loop().run_in_executor(None, book, gate, bill)


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _mind_loop(gate: Gate, bill: Bill, began: float) -> None:
    """Stop where other processes are waited for that may themselves wait for this loop."""
    if not bill.may_wait and time.monotonic() - began > TRY_SECONDS:
        gate.halt(LimitExceeded("a plain `with` in a coroutine cannot wait: use `async with`"))


def _full(gate: Gate, bill: Bill) -> tuple[Callable[[], bool], ObservedState]:
    return lambda: must_wait(gate, bill), ObservedState.RUNNING


def _unheld(obstacle: Obstacle, is_late: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: is_unknown(obstacle) and not is_late() and not obstacle.gate.is_alone


def is_unknown(obstacle: Obstacle) -> bool:
    """Return True while the server has not taken in that a limit was reached, and nobody has changed it."""
    account, hit = obstacle.account, obstacle.hit
    assert account is not None
    assert hit is not None
    return account.version == hit.version and hit.which not in account.known


def _insist(obstacle: Obstacle) -> None:
    """Stop where nobody holds what was to be held."""
    if is_unknown(obstacle) and obstacle.hit is not None:
        obstacle.gate.halt(LimitExceeded(obstacle.hit.sentence))


def _end(gate: Gate) -> None:
    stopped = gate.stopped()
    if stopped is not None:
        raise stopped
