"""One action that waits for people, from the question to the permit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

from deliberation.client.alarm import limit
from deliberation.client.inquiry import Inquiry
from deliberation.control import Cause, Gate, NotApproved, Stopped, Word
from deliberation.control.answered import Answered, read_answered
from deliberation.control.waiters import Call
from deliberation.ledger.action import Action
from deliberation.vocabulary import ApprovalStatus, ObservedState

ATTACH_SECONDS = 2.0
"""How long the first answer of the server is waited for, which names the attempt that a permit is good for."""
LATE_SECONDS = 2.0
AWAITING = ObservedState.AWAITING_APPROVAL
NOT_REACHED = "the inspector has not been heard of for too long"

T = TypeVar("T")


class Question:
    """What a scope asks before it begins. `ask` and `aask` return the arguments to use.

    Fails closed: without a clear yes, from a server that answers, in time, they raise `NotApproved`;
    `Stopped` when the run is to stop meanwhile, or with it.
    """

    def __init__(
        self,
        gate: Gate,
        inquiry: Inquiry,
        action: Action,
        *,
        needed: int | None,
        seconds: float | None,
        around: frozenset[Call],
    ) -> None:
        self._gate = gate
        self._inquiry = inquiry
        self._action = action
        self._terms = {"needed": needed, "timeout_seconds": seconds and max(1, round(seconds))}
        self._around = around
        self._answered: Answered | None = None

    def ask(self) -> Any:
        """Ask, wait for an answer, use the permit."""
        gate = self._gate
        with self._listening():
            with limit(gate, ATTACH_SECONDS) as is_late:
                gate.wait_while(lambda: self._is_new(is_late), state=AWAITING, around=self._around)
            self._begin()
            with limit(gate, self._seconds()) as is_late:
                gate.wait_while(lambda: self._waits(is_late), state=AWAITING, around=self._around)
            answered = self._conclude()
            gate.check(self._around)
            return self._use(answered)

    async def aask(self) -> Any:
        """Do the same in a task, without blocking its event loop."""
        gate = self._gate
        with self._listening():
            with limit(gate, ATTACH_SECONDS) as is_late:
                await gate.await_while(
                    lambda: self._is_new(is_late), state=AWAITING, around=self._around
                )
            await _in_thread(self._begin)
            with limit(gate, self._seconds()) as is_late:
                await gate.await_while(
                    lambda: self._waits(is_late), state=AWAITING, around=self._around
                )
            answered = await _in_thread(self._conclude)
            await gate.acheck(self._around)
            return await _in_thread(lambda: self._use(answered))

    def _is_new(self, is_late: Callable[[], bool]) -> bool:
        return self._gate.attempt is None and not self._gate.is_listener and not is_late()

    def _waits(self, is_late: Callable[[], bool]) -> bool:
        is_open = self._answered is None or self._answered.status is ApprovalStatus.PENDING
        return is_open and not is_late() and not self._gate.is_alone

    def _begin(self) -> None:
        if self._action.attempt is None and self._gate.attempt is not None:
            self._action = self._action.of_attempt(self._gate.attempt)
        self._ask()

    def _ask(self) -> None:
        said = {"action": self._action.text, "digest": self._action.digest, **self._terms}
        answered = self._inquiry.ask(said)
        with self._gate.bell.lock:
            heard = self._answered
            # What the control thread heard meanwhile is the later word.
            if heard is None or not heard.status.is_final:
                self._answered = answered

    def _seconds(self) -> float:
        left = self._answered.seconds if self._answered else None
        return (left or 0.0) + LATE_SECONDS

    def _conclude(self) -> Answered:
        """Return the answer that is a permit. Raises for any other."""
        if self._is_open() and self._gate.is_alone:
            raise NotApproved(NOT_REACHED)
        if self._is_open():
            self._ask()  # it may have been closed without our hearing of it
        answered = self._answered
        assert answered is not None
        if answered.status is ApprovalStatus.TERMINATED:
            self._gate.halt(Stopped(answered.reason or "", cause=Cause.REJECTED))
            raise self._gate.stopped() or Stopped(answered.reason or "", cause=Cause.REJECTED)
        if not answered.status.is_permit:
            raise answered.refusal()
        return answered

    def _is_open(self) -> bool:
        return self._answered is None or self._answered.status is ApprovalStatus.PENDING

    def _use(self, answered: Answered) -> Any:
        """Use the permit, for what is here and not for what anybody says is here."""
        action = self._action
        if answered.status is ApprovalStatus.MODIFIED and answered.arguments is not None:
            action = action.changed(answered.arguments)
        if action.digest != answered.permit_digest:
            raise NotApproved("another action was agreed to", approval=answered.approval)
        said = {"digest": action.digest, "attempt": self._gate.attempt, "use": uuid4().hex}
        self._inquiry.use(answered.approval, said)
        return json.loads(action.arguments)

    def _hear(self, word: Word) -> None:
        for plain in word.approvals:
            answered = read_answered(plain)
            if answered is not None and answered.digest == self._action.digest:
                with self._gate.bell.lock:
                    self._answered = answered
        self._gate.ring()

    @contextmanager
    def _listening(self) -> Iterator[None]:
        listeners = self._gate.ear.listeners
        listeners.append(self._hear)
        try:
            yield
        finally:
            listeners.remove(self._hear)


async def _in_thread(function: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, function)
