"""A run: one deliberation, from its task to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from deliberation.client.control import Heard
from deliberation.client.node import NodeScope, describe
from deliberation.client.recorder import Recorder
from deliberation.client.scope import Scope
from deliberation.events import AnswerSelected, FateDecided, RunEnded, RunStarted
from deliberation.vocabulary import Budget, Fate, ObservedState


@dataclass(slots=True, kw_only=True)
class Ending:
    """What `finish` said, kept until the run ends."""

    answer: Any = None
    confidence: float | None = None
    stop_reason: str | None = None


class Run(Scope):
    """One deliberation. Enter it with `with` or `async with`.

    At its end it waits until its events are acknowledged: at most `exit_seconds` (2 s), and not at
    all for a server that does not answer. An exception ends it as `failed`, an interrupt or a
    cancelled task as `cancelled`.
    """

    def __init__(self, recorder: Recorder, facts: dict[str, Any]) -> None:
        super().__init__(recorder)
        self.id = recorder.run
        self.name: str | None = facts.get("name")
        self._facts = facts
        self._ending = Ending()
        self._selected: str | None = None
        self._has_begun = False
        self._has_ended = False

    @property
    def head(self) -> str | None:
        """The newest ledger head that an answer to this run's events carried.

        None before the first.
        """
        return self._recorder.client.mailbox.heard(self.id).head

    def checkpoint(self) -> Heard:
        """Return what the server asked of this run, as far as it was heard.

        Never waits, never raises.
        """
        return self._recorder.checkpoint()

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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        self._recorder.client.settle()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await super().__aexit__(kind, error, trace)
        if self._recorder.client.enabled:
            await asyncio.get_running_loop().run_in_executor(None, self._recorder.client.settle)

    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            producer = self._recorder.producer
            self._recorder.report(RunStarted, reserved=True, producer=producer, **self._facts)

    def _end(self, error: BaseException | None) -> None:
        if self._has_ended:
            return
        self._begin()
        self._has_ended = True
        self._recorder.report(
            RunEnded,
            reserved=True,
            state=_state_after(error),
            answer=self._ending.answer,
            stated_confidence=self._ending.confidence,
            stop_reason=self._ending.stop_reason or (type(error).__name__ if error else None),
            error=describe(error) if error is not None else None,
        )


def facts_of_run(
    *,
    budget: Budget | Mapping[str, Any] | None,
    models: Sequence[str] | None,
    tags: Sequence[str] | None,
    **facts: Any,
) -> dict[str, Any]:
    """Return the fields of `run.started`.

    Raises TypeError or ValueError for what is no budget and no list.
    """
    limits = budget.limits() if isinstance(budget, Budget) else dict(budget or {})
    budgets = {key: str(limit) for key, limit in limits.items()} or None
    return {**facts, "budgets": budgets, "models": _words(models), "tags": _words(tags)}


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


def _state_after(error: BaseException | None) -> ObservedState:
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return ObservedState.COMPLETED
    if isinstance(error, (Exception, SystemExit)):
        return ObservedState.FAILED
    return ObservedState.CANCELLED
