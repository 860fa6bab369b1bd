"""How a run stands: what is asked of it, what it does about it, and what there is to tell."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from deliberation.control.bell import Bell
from deliberation.control.ear import Ear
from deliberation.control.heard import Word
from deliberation.control.spending.meter import Meter
from deliberation.control.spending.watching import look, tell_hits, wind
from deliberation.control.stopped import Cause, LimitExceeded, OnDisconnect, Stopped
from deliberation.control.tasks import Tasks
from deliberation.control.waiters import Call, Waiters
from deliberation.vocabulary import CommandKind, CommandStage, DesiredState, ObservedState

OnSteer = Callable[[str], Any]

BUDGETS = "server:budget"
"""Who stops a run of which too much was recorded."""


class Standing:
    """One run's side of control. It speaks to nobody.

    `tell` is called when there is something to be told; `ear.orders.untold` and `state` say what.
    `shut` is True while there is anything to look at before the next step. `meter` counts what is
    spent, None where nobody limits it. A run within another shares its bell, gives way to its holds and stops
    too, and spends from both.
    """

    def __init__(
        self,
        run: str,
        *,
        on_disconnect: OnDisconnect = OnDisconnect.CONTINUE,
        on_steer: OnSteer | None = None,
    ) -> None:
        self.run = run
        self.shut = False
        self.state = ObservedState.RUNNING
        self.ear = Ear()
        self.tasks = Tasks()
        self.waiters = Waiters()
        self.bell = Bell()
        self.tell: Callable[[], None] = _nothing
        self.revive: Callable[[], None] | None = None
        self.meter: Meter | None = None
        self.attempt: int | None = None
        self.is_listener = False
        self.is_owned = False
        self.is_fenced = False
        self.outer: Standing | None = None
        self.inners: weakref.WeakSet[Standing] = weakref.WeakSet()
        self.stop: Stopped | None = None
        self.on_steer = on_steer
        self._on_disconnect = on_disconnect
        self._is_away = False
        self._is_abandoned = False
        self.began = time.monotonic()
        self.has_raised = False

    @property
    def is_held(self) -> bool:
        """True while it is to wait at its next checkpoint."""
        if self.outer is not None and self.outer.is_held:
            return True
        waits_for_server = self._is_away and self._on_disconnect is OnDisconnect.PAUSE
        is_asked = self.ear.desired is DesiredState.PAUSE
        return not self.state.is_terminal and (is_asked or waits_for_server)

    @property
    def is_stopping(self) -> bool:
        """True once the run, or one around it, is to stop."""
        return any(each.stop is not None for each in self.family())

    @property
    def is_alone(self) -> bool:
        """True when nothing that the server would have to say is waited for any longer."""
        goes_on = self._is_away and self._on_disconnect is OnDisconnect.CONTINUE
        return goes_on or self._is_abandoned

    def stopped(self) -> Stopped | None:
        """Return what is to be raised, made anew; None while the run may go on."""
        if self.stop is None:
            return self.outer.stopped() if self.outer is not None else None
        self.has_raised = True
        return type(self.stop)(self.stop.reason, cause=self.stop.cause, command=self.stop.command)

    def family(self) -> Iterator[Standing]:
        """Return this run and those around it."""
        member: Standing | None = self
        while member is not None:
            yield member
            member = member.outer

    def nest(self, outer: Standing) -> None:
        """Give way to a run around this one too. Before anybody waits here."""
        with outer.bell.lock:
            self.outer, self.bell = outer, outer.bell
            outer.inners.add(self)
            self.refresh()

    def hear(self, word: Word) -> None:
        """Take in what the server said."""
        with self.bell.lock:
            if not self.ear.take_in(word):
                return
            if self.state.is_terminal:
                self._refuse_rest()
            elif self._is_to_stop():
                self.halt(self._asked_to_stop())
            if self.meter is not None:
                self.meter.hear(word.budgets)
                look(self)
                wind(self)
            self.refresh()
        tell_hits(self)
        # A copy: one that leaves the list in its own thread must not make another be passed over.
        for listener in tuple(self.ear.listeners):
            listener(word)
        self.tell()

    def halt(self, stop: Stopped) -> None:
        """Let the run stop, for a reason of this process as well. The first reason stands."""
        with self.bell.lock:
            if self.stop is None and not self.state.is_terminal:
                self.stop = stop
                # Shut before anything is cancelled: who swallows that must not pass the next gate.
                self.refresh()
                self.cancel_tasks()
        self.tell()

    def fence(self, reason: str) -> None:
        """Stop, for another process holds the run: the end of this one is not the run's."""
        self.is_fenced = True
        self.halt(Stopped(reason, cause=Cause.FENCED))

    def lose(self) -> None:
        """Take in that the server has been silent for longer than the lease."""
        if self._on_disconnect is OnDisconnect.STOP:
            self.halt(Stopped("The inspector does not answer.", cause=Cause.DISCONNECTED))
        self._be_away(is_away=True)

    def find(self) -> None:
        """Take in that the server answers."""
        self._be_away(is_away=False)

    def abandon(self) -> None:
        """Take in that nobody will hear of the server any more, so that nothing may wait for it.

        What was held goes on, except where the run was to do nothing without the server.
        """
        if self._on_disconnect is not OnDisconnect.CONTINUE:
            self.halt(Stopped("The client was closed.", cause=Cause.DISCONNECTED))
        with self.bell.lock:
            self._is_abandoned = True
            self.tell, self.ear.desired = _nothing, DesiredState.RUN
            self.refresh()

    def end(self, state: ObservedState) -> None:
        """Note that the run has ended, and answer for the commands that are still open."""
        with self.bell.lock:
            if self.has_raised or state is ObservedState.CANCELLED:
                detail = f"ended: {state.value}"
                self.ear.orders.close(CommandKind.STOP, CommandStage.APPLIED, detail)
            self.state = state
            wind(self)
            self._refuse_rest()
            self.refresh()
        self.tell()

    def restart_in_child(self, revive: Callable[[], None]) -> None:
        """After a fork: the parent speaks for the run, the child only listens, from its next check.

        The lock may be held by a thread, and the waits be those of threads, that are not here.
        """
        self.bell = self.outer.bell if self.outer is not None else Bell()
        self.waiters = Waiters()
        self.tasks.restart_in_child()
        if self.meter is not None:
            self.meter.restart_in_child()
        self.ear.orders.untold.clear()
        self.tell, self.is_listener = _nothing, True
        if not self.state.is_terminal:
            self.revive, self.shut = revive, True
        self._share_bell()

    @contextmanager
    def waiting(self, state: ObservedState, around: frozenset[Call]) -> Iterator[None]:
        """Be in a state, as far as nothing else is, while somebody waits here."""
        with self.bell.lock:
            for each in self.family():
                each.waiters.add(state, around)
                each.restate()
        try:
            yield
        finally:
            with self.bell.lock:
                for each in self.family():
                    each.waiters.remove(state, around)
                    each.restate()

    def cancel_tasks(self) -> None:
        """Cancel the tasks inside, here and in the runs within."""
        self.tasks.cancel()
        for inner in list(self.inners):
            inner.cancel_tasks()

    def refresh(self) -> None:
        """Work out anew whether it is shut, here and in the runs within, and let all look again."""
        has_message = any(each.on_steer and each.ear.has_messages for each in self.family())
        self.shut = self.is_stopping or has_message or self.is_held or self.revive is not None
        self.restate()
        for inner in list(self.inners):
            inner.refresh()
        self.bell.ring()

    def restate(self) -> None:
        """Work out the state anew; say so when it is another."""
        if self.state.is_terminal:
            return
        state = self.waiters.state(is_held=self.is_held)
        if self.stop is not None:
            state = ObservedState.CANCELLING
        if state is ObservedState.PAUSED:
            self.ear.orders.close(CommandKind.PAUSE, CommandStage.APPLIED)
        if state is not self.state:
            self.state = state
            self.tell()

    def _share_bell(self) -> None:
        for inner in list(self.inners):
            inner.bell = self.bell
            inner._share_bell()  # noqa: SLF001 - of its own kind

    def _is_to_stop(self) -> bool:
        # A kill is the supervisor's to carry out, and to confirm, while there is one.
        is_killed = self.ear.desired is DesiredState.KILL and not self.is_owned
        return is_killed or self.ear.desired is DesiredState.STOP

    def _asked_to_stop(self) -> Stopped:
        command, reason = self.ear.orders.newest(CommandKind.STOP, CommandKind.KILL)
        kind = LimitExceeded if self.ear.orders.by(command) == BUDGETS else Stopped
        return kind(reason, command=command)

    def _be_away(self, *, is_away: bool) -> None:
        if self._is_away is not is_away:
            with self.bell.lock:
                self._is_away = is_away
                self.refresh()

    def _refuse_rest(self) -> None:
        detail = f"the run had ended: {self.state.value}"
        self.ear.orders.close_all(CommandStage.REFUSED, detail)


def _nothing() -> None:
    pass
