"""Limits that are reached: what is done about it, at once and when time has passed."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from deliberation.control.spending.account import Account
from deliberation.control.spending.obstacle import Obstacle, Way
from deliberation.control.stopped import LimitExceeded
from deliberation.vocabulary import Dimension, LimitKind, OnHit

if TYPE_CHECKING:
    from deliberation.control.standing import Standing

TICK = 0.001
"""Of the clock by which seconds are counted."""

WAYS = {OnHit.STOP: Way.END, OnHit.PAUSE: Way.PAUSE, OnHit.ASK: Way.ASK}


def reach(obstacle: Obstacle) -> Obstacle | None:
    """Do what a limit says that is reached: note it once, stop the run, or return what to wait for.

    None when it only warns. Call it with the lock held.
    """
    hit, account, gate = obstacle.hit, obstacle.account, obstacle.gate
    assert hit is not None
    assert account is not None
    _say(gate, account, hit.which)
    if hit.action is OnHit.WARN:
        return None
    if hit.action is OnHit.STOP:
        gate.halt(LimitExceeded(hit.sentence))
    return Obstacle(WAYS[hit.action], gate, account, hit)


def look(gate: Standing) -> None:
    """See whether a limit is reached by what was spent, here and in the runs around.

    What pauses is reported, so that the server holds the run; what asks is asked at the next step.
    Call it with the lock held.
    """
    for each in gate.family():
        if each.meter is None or not each.meter.limited:
            continue
        each.meter.tick()
        for account in each.meter.limited:
            for which in (LimitKind.HARD, LimitKind.SOFT):
                if account.is_short(which) and not each.is_stopping:
                    _mind(each, account, which)


def wind(gate: Standing) -> None:
    """Look again when the next limit of time is reached. Call it with the lock held."""
    meter = gate.meter
    if meter is None or Dimension.SECONDS not in meter.accounts:
        return
    if meter.timer is not None:
        meter.timer.cancel()
        meter.timer = None
    meter.tick()
    account = meter.accounts[Dimension.SECONDS]
    bounds = [
        bound - account.spent
        for which, bound in (
            (LimitKind.SOFT, account.limit.soft),
            (LimitKind.HARD, account.limit.hard),
        )
        if bound is not None and bound > account.spent
    ]
    if not bounds or gate.state.is_terminal:
        return
    meter.timer = threading.Timer(float(min(bounds)) + TICK, _ring, [weakref.ref(gate)])
    meter.timer.daemon = True
    meter.timer.name = "deliberation-seconds"
    meter.timer.start()


def note_news(gate: Standing) -> None:
    """Let the heartbeats say what was spent. Call it with the lock held."""
    for each in gate.family():
        meter = each.meter
        if meter is not None and meter.limited and not meter.has_news:
            meter.has_news = True
            each.tell()


def tell_hits(gate: Standing) -> None:
    """Report what was reached, without the lock."""
    for each in gate.family():
        if each.meter is not None and each.meter.untold:
            each.meter.tell_hits()


def _mind(gate: Standing, account: Account, which: LimitKind) -> None:
    hit = account.hit(which, can_hold=_can_hold(gate))
    if hit.action is OnHit.ASK:
        return
    _say(gate, account, which)
    if hit.action is OnHit.STOP:
        gate.halt(LimitExceeded(hit.sentence))


def _say(gate: Standing, account: Account, which: LimitKind) -> None:
    hit = account.say(which, can_hold=_can_hold(gate))
    if hit is not None and gate.meter is not None:
        gate.meter.untold.append(hit)


def _can_hold(gate: Standing) -> bool:
    return gate.meter is not None and gate.meter.is_heard and not gate.is_alone


def _ring(known: weakref.ref[Standing]) -> None:
    gate = known()
    if gate is None or gate.state.is_terminal:
        return
    with gate.bell.lock:
        look(gate)
        wind(gate)
        gate.bell.ring()
    tell_hits(gate)
