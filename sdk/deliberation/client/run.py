"""A run: one deliberation, from its task to its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from deliberation.client.alarm import limit
from deliberation.client.bookings import FIRST_WORD_SECONDS, NOT_REACHED
from deliberation.client.current import current, scopes_around
from deliberation.client.draws import Draws
from deliberation.client.metering import start_meter
from deliberation.client.node import NodeScope, describe
from deliberation.client.recorder import Recorder
from deliberation.client.root import Root
from deliberation.client.told import told_difference
from deliberation.control import LimitExceeded, Stopped
from deliberation.events import AnswerSelected, FateDecided, ReplayEnded, RunEnded, RunStarted
from deliberation.vocabulary import Fate

TOLD_LEFT_OVER = 20
"""How many of the calls that a replay never asked for are told one by one; they are counted in any case."""


@dataclass(slots=True, kw_only=True)
class Ending:
    """What `finish` said, kept until the run ends."""

    answer: Any = None
    confidence: float | None = None
    stop_reason: str | None = None


class Run(Root):
    """One deliberation. Enter it with `with` or `async with`.

    At its end it waits until its events are acknowledged: at most `exit_seconds` (2 s), and not at
    all for a server that does not answer. An exception ends it as `failed`, an interrupt or a
    cancelled task as `cancelled`, `Stopped` by what it was stopped for.

    Left by a cancellation, or by a task group's exceptions, that a stop caused, it raises `Stopped`
    in their place.
    """

    def __init__(
        self, recorder: Recorder, facts: dict[str, Any], *, seed: int | str | None = None
    ) -> None:
        super().__init__(recorder)
        self._draws = Draws(recorder, seed)
        self.name: str | None = facts.get("name")
        self._facts = facts
        self._ending = Ending()
        self._selected: str | None = None
        self._has_begun = False
        self._has_ended = False

    @property
    def random(self) -> Random:
        """Random numbers that a replay gives again: their seed is recorded when they are first asked for."""
        return self._draws.stream("")

    def stream(self, name: str) -> Random:
        """Return random numbers of a name, apart from all others: for each thread and task one of its own."""
        return self._draws.stream(name)

    def now(self) -> dt.datetime:
        """Return the time of day in UTC, to the microsecond; in a replay the recorded one."""
        return self._draws.now()

    def setting(self, name: str, default: Any = None) -> Any:
        """Return `default`, or what a replay is to have in its place: a prompt, N, a beam's width.

        A fork has it from the point where it is live; what came before is as it was recorded.
        """
        return self._draws.setting(name, default)

    def select(
        self,
        node: NodeScope,
        *,
        rule: str | None = None,
        margin: float | None = None,
        margin_unit: str | None = None,
        runner_up: NodeScope | None = None,
        tie_break: str | None = None,
    ) -> None:
        """Say which node is the answer, by which rule, and how far ahead of which other (`margin`,
        in the rule's unit).

        The nodes above it lie on the path to the answer and become selected too.
        """
        if not hasattr(node, "id"):
            self._recorder.client.refuse("answer.selected needs a node")
            return
        node.start()
        self._selected = node.id
        for above in _path_to(node):
            self._recorder.report(FateDecided, node=above.id, fate=Fate.SELECTED, by=rule)
        self._recorder.report(
            AnswerSelected,
            node=node.id,
            rule=rule,
            margin=margin,
            margin_unit=margin_unit,
            runner_up=getattr(runner_up, "id", None),
            tie_break=tie_break,
        )

    def finish(
        self,
        *,
        answer: Any = None,
        selected: NodeScope | None = None,
        rule: str | None = None,
        confidence: float | None = None,
        stop_reason: str | None = None,
    ) -> None:
        """Say what is returned to the user; `confidence` is the stated one, 0 to 1.

        `selected` is reported as by `select`, unless `select` named it already. Without `answer` it
        is the selected node's. The end itself is reported when the scope is left.
        """
        if selected is not None and getattr(selected, "id", None) != self._selected:
            self.select(selected, rule=rule)
        if answer is None:
            answer = getattr(selected, "answer", None)
        self._ending = Ending(answer=answer, confidence=confidence, stop_reason=stop_reason)

    def _begin(self) -> None:
        if not self._has_begun:
            self._nest()
            if self.gate.shut:
                self.gate.check(scopes_around())
            self._report_begin()
            if self._is_unknown():
                with limit(self.gate, FIRST_WORD_SECONDS) as is_late:
                    self.gate.wait_while(lambda: self._is_unknown() and not is_late())
                self._insist()

    async def _abegin(self) -> None:
        if not self._has_begun:
            self._nest()
            if self.gate.shut:
                await self.gate.acheck(scopes_around())
            self._report_begin()
            if self._is_unknown():
                with limit(self.gate, FIRST_WORD_SECONDS) as is_late:
                    await self.gate.await_while(lambda: self._is_unknown() and not is_late())
                self._insist()

    def _is_unknown(self) -> bool:
        # Whoever joins before the server knows them would find nothing limited.
        return self.gate.meter is not None and self.gate.meter.is_unknown

    def _insist(self) -> None:
        if self._is_unknown():
            self.gate.halt(LimitExceeded(NOT_REACHED))
            stopped = self.gate.stopped()
            self._end(stopped)
            if stopped is not None:
                raise stopped

    def _nest(self) -> None:
        around = current()
        outer = around.recorder.gate if around is not None else self.gate
        if outer is not self.gate and not outer.state.is_terminal:
            self.gate.nest(outer)

    def _report_begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._recorder.client.begin(self.gate)
            start_meter(self._recorder)
            producer = self._recorder.producer
            self._recorder.report(RunStarted, reserved=True, producer=producer, **self._facts)

    def _end(self, error: BaseException | None) -> None:
        if self._has_ended:
            return
        self._report_begin()
        self._conclude(error)
        self._has_ended = True
        self._let_go()
        self._recorder.client.part(self.gate)
        if self.gate.is_fenced:
            return  # whoever holds the run says how it ends
        self._report_replay(error)
        self._recorder.report(
            RunEnded,
            reserved=True,
            state=self.gate.state,
            answer=self._ending.answer,
            stated_confidence=self._ending.confidence,
            stop_reason=self._ending.stop_reason or _reason_after(error),
            error=describe(error) if error is not None else None,
        )

    def _report_replay(self, error: BaseException | None) -> None:
        """Count what was replayed, and say what was left over; a run that was stopped leaves the rest."""
        replay = self._recorder.replay
        if replay is None:
            return
        left_over = [] if isinstance(error, Stopped) else replay.left_over()
        for told in left_over[:TOLD_LEFT_OVER]:
            told_difference(self._recorder, told)
        self._recorder.report(
            ReplayEnded,
            reserved=True,
            calls_recorded=replay.answered,
            calls_live=replay.made,
            diverged=replay.differences,
            unused=len(replay.unused),
        )


def lists_of_run(
    *, models: Sequence[str] | None, tags: Sequence[str] | None
) -> dict[str, list[str] | None]:
    """Return the fields of `run.started` that are lists. Raises TypeError for what is none."""
    return {"models": _words(models), "tags": _words(tags)}


def _words(given: Sequence[str] | None) -> list[str] | None:
    if given is None:
        return None
    return [given] if isinstance(given, str) else list(given)


def _path_to(node: NodeScope) -> list[NodeScope]:
    path: list[NodeScope] = []
    above = node.parent
    while above is not None:
        path.append(above)
        above = above.parent
    return path


def _reason_after(error: BaseException | None) -> str | None:
    if isinstance(error, Stopped):
        return f"stopped: {error.cause.value}"
    return type(error).__name__ if error is not None else None
