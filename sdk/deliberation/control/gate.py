"""The gate before each step of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.control.heard import Heard
from deliberation.control.shield import is_shielded
from deliberation.control.standing import Standing
from deliberation.control.waiters import NO_CALLS, Call
from deliberation.vocabulary import ObservedState


class Gate(Standing):
    """Where a program gives way. One that is not held reads one attribute, `shut`, and passes.

    When it is shut:

    - `check` raises `Stopped` once the run is to stop, each time anew;
    - it blocks its thread, and `acheck` its task, while the run is held; a stop ends the wait;
    - the run is `paused` when somebody waits here and no other call of it is in progress, and
      `pausing` until then.

    Safe for several threads, for tasks of several loops, and for signal handlers.
    """

    def check(self, around: frozenset[Call] = NO_CALLS) -> None:
        """Wait while the run is held, raise `Stopped` when it is to stop.

        `around` are the calls in progress that the step is part of: they wait with it.
        """
        if self._may_pass():
            return
        self.wait_while(lambda: self.is_held, around=around)
        self._steer()

    async def acheck(self, around: frozenset[Call] = NO_CALLS) -> None:
        """Do the same in a task, without blocking its event loop."""
        if self._may_pass():
            return
        await self.await_while(lambda: self.is_held, around=around)
        for answer in self._steer():
            if hasattr(answer, "__await__"):
                await answer

    def wait_while(
        self,
        is_so: Callable[[], bool],
        *,
        state: ObservedState = ObservedState.PAUSED,
        around: frozenset[Call] = NO_CALLS,
    ) -> None:
        """Block this thread while something is so, and say meanwhile that the run is in `state`.

        It is looked at again after each word of the server, and after `ring`. Raises `Stopped`.
        """
        with self.bell.lock:
            self._raise_if_stopping()
            if is_so():
                with self.waiting(state, around):
                    while is_so():
                        self.bell.wait()
                        self._raise_if_stopping()

    async def await_while(
        self,
        is_so: Callable[[], bool],
        *,
        state: ObservedState = ObservedState.PAUSED,
        around: frozenset[Call] = NO_CALLS,
    ) -> None:
        """Do the same in a task, without blocking its event loop."""
        self._raise_if_stopping()
        if not is_so():
            return
        with self.waiting(state, around):
            while True:
                with self.bell.lock:
                    self._raise_if_stopping()
                    if not is_so():
                        return
                    rung = self.bell.future()
                await rung

    def ring(self) -> None:
        """Let those who wait look again."""
        with self.bell.lock:
            self.bell.ring()

    def take_messages(self) -> tuple[str, ...]:
        """Return what an operator has said to the program since the last time."""
        with self.bell.lock:
            taken = self.ear.take_messages()
            if taken:
                self.refresh()
        if taken:
            self.tell()
        return taken

    def heard(self, head: str | None) -> Heard:
        """Return what is known of the run, and hand out the messages that wait."""
        desired = self.ear.desired
        said = desired.value if desired is not None else None
        return Heard(head, said, self.ear.orders.all(), self.take_messages())

    def begin_call(self, call: Call) -> None:
        """Note that a call is in progress."""
        self.waiters.calls.add(call)

    def end_call(self, call: Call) -> None:
        """Note that it is over: a pause may have waited for it."""
        self.waiters.calls.discard(call)
        if self.shut:
            with self.bell.lock:
                self.restate()

    def _may_pass(self) -> bool:
        if self.revive is not None:
            revive, self.revive = self.revive, None
            revive()
            with self.bell.lock:
                self.refresh()
        return is_shielded()

    def _raise_if_stopping(self) -> None:
        stopped = self.stopped()
        if stopped is not None:
            raise stopped

    def _steer(self) -> list[Any]:
        answers = []
        for each in self.family():
            if isinstance(each, Gate) and each.on_steer is not None and each.ear.has_messages:
                answers += [each.on_steer(message) for message in each.take_messages()]
        return answers
