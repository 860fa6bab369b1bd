"""Asking a person for more of what is spent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deliberation.client.alarm import limit
from deliberation.client.connect import make_transport
from deliberation.client.inquiry import Inquiry
from deliberation.client.question import Question
from deliberation.client.settings import Settings
from deliberation.control import Gate, LimitExceeded, NotApproved
from deliberation.control.spending import Account, Hit, Obstacle
from deliberation.control.waiters import Call
from deliberation.ledger.action import Action, write_arguments
from deliberation.vocabulary import LimitKind, ObservedState

TOOL = "deliberation.raise_budget"
"""What a person is asked to allow."""
HEARD_SECONDS = 10.0
"""How long the new limit is waited for, once somebody has agreed to it."""
AWAITING = ObservedState.AWAITING_APPROVAL


def ask_for_more(
    settings: Settings, gate: Gate, obstacle: Obstacle, around: frozenset[Call]
) -> None:
    """Ask for as much again, or wait while another step asks. Without a yes the run stops."""
    asking = _Asking(gate, obstacle)
    if not asking.is_first:
        gate.wait_while(asking.goes_on, state=AWAITING, around=around)
        return
    with asking.alone():
        asking.question(settings, around).ask()
        with limit(gate, HEARD_SECONDS) as is_late:
            gate.wait_while(lambda: asking.is_unheard() and not is_late(), around=around)
        asking.conclude()


async def aask_for_more(
    settings: Settings, gate: Gate, obstacle: Obstacle, around: frozenset[Call]
) -> None:
    """Do the same in a task, without blocking its event loop."""
    asking = _Asking(gate, obstacle)
    if not asking.is_first:
        await gate.await_while(asking.goes_on, state=AWAITING, around=around)
        return
    with asking.alone():
        await asking.question(settings, around).aask()
        with limit(gate, HEARD_SECONDS) as is_late:
            await gate.await_while(lambda: asking.is_unheard() and not is_late(), around=around)
        asking.conclude()


class _Asking:
    """One limit, in one version, that a person is asked to raise; by one step for all that wait."""

    def __init__(self, gate: Gate, obstacle: Obstacle) -> None:
        assert obstacle.account is not None
        assert obstacle.hit is not None
        self.account: Account = obstacle.account
        self.hit: Hit = obstacle.hit
        self._gate = gate
        assert isinstance(obstacle.gate, Gate)
        self._run = obstacle.gate
        with gate.bell.lock:
            self.is_first = not self.account.is_asking
            self.account.is_asking = True

    def goes_on(self) -> bool:
        """Return True while another step asks."""
        return self.account.is_asking

    def is_unheard(self) -> bool:
        """Return True until the server has said what the new limit is."""
        return self.account.version == self.hit.version

    def question(self, settings: Settings, around: frozenset[Call]) -> Question:
        """Return what is asked. The same for the same version of a limit, so that nobody is asked twice."""
        run = self._run
        action = Action(
            run=run.run,
            tool=TOOL,
            arguments=self._arguments(),
            attempt=run.attempt,
        )
        inquiry = Inquiry(run.run, lambda: make_transport(settings), lambda: run.is_stopping)
        return Question(run, inquiry, action, needed=None, seconds=None, around=around)

    def conclude(self) -> None:
        """Take in that somebody agreed. Raises `NotApproved` where no new limit came of it."""
        if self.is_unheard():
            raise NotApproved("the new limit was not heard of")
        if self.hit.which is LimitKind.SOFT:
            self.account.agreed = self.account.limit.soft

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Ask, while the other steps wait; a no is the end of the run."""
        try:
            yield
        except NotApproved as refusal:
            self._run.halt(LimitExceeded(f"{self.hit.sentence}; {refusal}"))
        finally:
            with self._gate.bell.lock:
                self.account.is_asking = False
                self._gate.bell.ring()

    def _arguments(self) -> str:
        with self._gate.bell.lock:
            account = self.account
            account.proposal = account.proposal or write_arguments(self._proposal())
            return account.proposal

    def _proposal(self) -> dict[str, Any]:
        was = self.hit.limit
        hard = self.account.limit.hard
        proposed = 2 * (was if hard is None else hard)
        return {
            "dimension": self.hit.dimension.value,
            "hard": f"{proposed:f}",
            "was": f"{was if hard is None else hard:f}",
            "spent": f"{self.hit.spent:f}",
            "reason": f"{self.hit.sentence} ({self.hit.which.value} limit)",
        }
