"""Calls that may have to wait for a person before they begin."""

from __future__ import annotations

import time
from typing import Any

from deliberation.client.alarm import limit
from deliberation.client.connect import make_transport
from deliberation.client.inquiry import Inquiry
from deliberation.client.node import NodeScope
from deliberation.client.question import Question
from deliberation.client.recorder import Recorder
from deliberation.client.underway import CallScope
from deliberation.control import NotApproved
from deliberation.events.fields import clean
from deliberation.ledger.action import Action, write_arguments
from deliberation.vocabulary import ALWAYS, CallSort, ReplayMode, SideEffect

FIRST_WORD_SECONDS = 0.5
"""How long, at a run's begin, an action that a project may want to be asked about waits to hear whether it does."""
EFFECTS = tuple(each.value for each in SideEffect)
HARMLESS = (None, SideEffect.NONE.value, SideEffect.READ.value)
NOT_AGAIN = "a replay does not do again what is recorded: perform() takes its result"
NOT_AT_ALL = "a replay that answers from a recording does nothing that cannot be taken back"


class AskedScope(CallScope):
    """A call that is reported, and then begins once those who must agree to it have.

    `arguments` are what it is to be done with: those that were given, or as a reviewer changed
    them. Without an inspector (no address, or no key) nobody is asked.
    """

    asks_always = False

    def __init__(
        self,
        recorder: Recorder,
        parent: NodeScope | None,
        facts: dict[str, Any],
        *,
        retries: NodeScope | None = None,
        risk: str | None = None,
        needed: int | None = None,
        timeout: float | None = None,
    ) -> None:
        super().__init__(recorder, parent, facts, retries=retries)
        self.arguments: Any = facts.get("input")
        self._tool = clean(str(facts.get("tool") or facts.get("name") or "?")) or "?"
        self._side_effect = _word(facts.get("side_effect"))
        self._risk = _word(risk)
        self._needed = needed
        self._timeout = timeout
        self._has_asked = False
        self._gate = recorder.gate

    def _begin(self) -> None:
        super()._begin()
        if self._is_to_ask():
            try:
                self._forbid()
                self._wait_for_rules()
                if self._must_ask():
                    self._take(self._question().ask())
            except BaseException as error:
                self._end(error)
                raise

    async def _abegin(self) -> None:
        await super()._abegin()
        if self._is_to_ask():
            try:
                self._forbid()
                await self._await_rules()
                if self._must_ask():
                    self._take(await self._question().aask())
            except BaseException as error:
                self._end(error)
                raise

    def _is_to_ask(self) -> bool:
        is_first, self._has_asked = not self._has_asked, True
        is_answered = self._is_performed and self.recorded is not None
        return is_first and not self._has_ended and not is_answered

    def _forbid(self) -> None:
        """Raise `NotApproved` for what a replay must not do, whoever would agree to it."""
        replay, recorded = self._recorder.replay, self.recorded
        if replay is None:
            return
        if recorded is not None and recorded.is_refusal:
            self.repeat()  # raises as it did
        is_unknown = self._side_effect is not None and self._side_effect not in EFFECTS
        is_final = self.asks_always or is_unknown or self._side_effect == SideEffect.IRREVERSIBLE
        if recorded is not None and (is_final or self._side_effect not in HARMLESS):
            raise NotApproved(NOT_AGAIN)
        if replay.mode is ReplayMode.RECORDED and is_final:
            raise NotApproved(NOT_AT_ALL)

    def _must_ask(self) -> bool:
        if not self._recorder.client.enabled:
            return False
        if self.asks_always:
            return True
        # What is in none of our words may be anything.
        is_known = self._side_effect is None or self._side_effect in EFFECTS
        rules = (ALWAYS, *self._gate.ear.rules)
        asked = (self._tool, self._side_effect, self._risk)
        return not is_known or any(rule.asks_about(*asked) for rule in rules)

    def _name_of_call(self) -> str:
        return self._tool

    def _question(self) -> Question:
        recorder, gate = self._recorder, self._gate
        settings = recorder.client.settings
        action = Action(
            run=recorder.run,
            tool=self._tool,
            arguments=write_arguments(self.arguments),
            node=self.id,
            attempt=gate.attempt,
            side_effect=self._side_effect if self._side_effect in EFFECTS else None,
            risk=self._risk,
        )
        inquiry = Inquiry(recorder.run, lambda: make_transport(settings), lambda: gate.is_stopping)
        return Question(
            gate,
            inquiry,
            action,
            needed=self._needed,
            seconds=self._timeout,
            around=self._calls_around(),
        )

    def _take(self, arguments: Any) -> None:
        # As they were given where nobody changed them: JSON has no tuples, and other things a program has.
        if write_arguments(self.arguments) != write_arguments(arguments):
            self.arguments = arguments

    def _wait_for_rules(self) -> None:
        if self._may_be_asked():
            with limit(self._gate, self._first_word()) as is_late:
                self._gate.wait_while(lambda: self._gate.attempt is None and not is_late())

    async def _await_rules(self) -> None:
        if self._may_be_asked():
            with limit(self._gate, self._first_word()) as is_late:
                await self._gate.await_while(lambda: self._gate.attempt is None and not is_late())

    def _may_be_asked(self) -> bool:
        """Return True at a run's begin, for what a project is likely to ask about, if nothing was heard of it yet."""
        gate = self._gate
        is_grave = self._side_effect == SideEffect.WRITE.value or self._risk is not None
        is_unheard = gate.attempt is None and not gate.is_listener
        is_told = self._recorder.client.enabled
        return (
            is_told and is_grave and is_unheard and not self._must_ask() and self._first_word() > 0
        )

    def _first_word(self) -> float:
        return self._gate.began + FIRST_WORD_SECONDS - time.monotonic()


class Approval(AskedScope):
    """A step that begins once people have agreed to it, whatever it is."""

    sort = CallSort.TOOL
    asks_always = True

    def finish(self, *, output: Any = None, error: Any = None) -> None:
        """Say what came of it."""
        self._note({"output": output, "error": error})


def _word(said: Any) -> str | None:
    return None if said is None else clean(str(getattr(said, "value", said)))
