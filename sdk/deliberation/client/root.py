"""What a whole run and a part of it in another process have in common: the outermost scope, with the gate."""

from __future__ import annotations

import asyncio
from types import TracebackType

from deliberation.client.current import scopes_around
from deliberation.client.recorder import Recorder
from deliberation.client.scope import Scope
from deliberation.client.toll import apay, pay
from deliberation.control import Cause, Gate, Heard, Stopped
from deliberation.control.leaving import stopped_on_leaving
from deliberation.control.spending import Bill, is_limited
from deliberation.vocabulary import ObservedState


class Root(Scope):
    """Where a program enters a run."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self.id = recorder.run

    @property
    def head(self) -> str | None:
        """The newest ledger head that an answer to this run's events carried.

        None before the first.
        """
        return self._recorder.client.heads.of(self.id)

    @property
    def gate(self) -> Gate:
        """Where it gives way."""
        return self._recorder.gate

    def checkpoint(self) -> Heard:
        """Give way here: wait while the run is held, raise `Stopped` when it is to stop.

        Return what was heard; `messages` are an operator's words that were not handed out yet.
        """
        if self.gate.shut:
            self.gate.check(scopes_around())
        if self.gate.meter is not None and is_limited(self.gate):
            pay(self._recorder.client.settings, self.gate, Bill({}), scopes_around)
        return self.gate.heard(self.head)

    async def acheckpoint(self) -> Heard:
        """Do the same in a task, without blocking its event loop."""
        if self.gate.shut:
            await self.gate.acheck(scopes_around())
        if self.gate.meter is not None and is_limited(self.gate):
            await apay(self._recorder.client.settings, self.gate, Bill({}), scopes_around)
        return self.gate.heard(self.head)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopped = stopped_on_leaving(self.gate, error) or self._unmet(error)
        super().__exit__(kind, stopped or error, trace)
        self._recorder.client.settle()
        if stopped is not None:
            raise stopped

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopped = stopped_on_leaving(self.gate, error) or self._unmet(error)
        client = self._recorder.client
        self._conclude(stopped or error)
        if self.gate.meter is not None and self.gate.meter.bookings is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._let_go)
        if client.has_to_tell(self.gate):
            await asyncio.get_running_loop().run_in_executor(None, client.part, self.gate)
        await super().__aexit__(kind, stopped or error, trace)
        if client.enabled:
            await asyncio.get_running_loop().run_in_executor(None, client.settle)
        if stopped is not None:
            raise stopped

    def _unmet(self, error: BaseException | None) -> Stopped | None:
        """Return the end of a strict replay that a program has not met, since it made no step after the difference."""
        stop = self.gate.stop
        has_diverged = stop is not None and stop.cause is Cause.DIVERGED
        return self.gate.stopped() if has_diverged and error is None else None

    def _conclude(self, error: BaseException | None) -> None:
        if not self.gate.state.is_terminal:
            self.gate.end(state_after(error))

    def _let_go(self) -> None:
        """Wait until what was spent is told, where several processes spend from one budget."""
        meter = self.gate.meter
        if meter is not None and meter.bookings is not None:
            meter.bookings.close(self._recorder.client.settings.exit_seconds)


def state_after(error: BaseException | None) -> ObservedState:
    """Return the state in which a run ends that is left by an error, or by none."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return ObservedState.COMPLETED
    if isinstance(error, Stopped):
        return error.cause.ends_in
    if isinstance(error, (Exception, SystemExit)):
        return ObservedState.FAILED
    return ObservedState.CANCELLED
