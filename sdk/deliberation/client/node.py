"""A node: one thing thought, tried or done."""

from __future__ import annotations

import traceback
from typing import Any

from deliberation.client.current import scopes_around
from deliberation.client.judged import Judged
from deliberation.client.recorder import Recorder
from deliberation.client.scope import Scope
from deliberation.client.values import to_cost
from deliberation.control import Stopped
from deliberation.control.waiters import Call
from deliberation.events import EdgeDrawn, NodeEnded, NodeStarted
from deliberation.vocabulary import Cost, EdgeKind, NodeStatus, TextVisibility, Usage


class NodeScope(Judged, Scope):
    """What nodes, model calls and tool calls have in common.

    The start is reported on entry and reaches the server within about 50 ms; the end on exit, with
    all that was said by `finish`. An exception makes the status `error`, with its traceback as a
    part; a `BaseException` that is no `Exception` (an interrupt, a cancelled task) makes it
    `cancelled`.
    """

    def __init__(
        self,
        recorder: Recorder,
        parent: NodeScope | None,
        facts: dict[str, Any],
        *,
        retries: NodeScope | None = None,
    ) -> None:
        super().__init__(recorder)
        self.id = recorder.make_id()
        self.parent = parent
        self.answer: Any = None
        self._opening = facts
        self._closing: dict[str, Any] = {}
        self._retries = retries
        self._has_begun = False
        self._has_ended = False

    @property
    def run_id(self) -> str:
        """The run it belongs to."""
        return self._recorder.run

    def _begin(self) -> None:
        if not self._has_begun:
            gate = self._recorder.gate
            if gate.shut:
                gate.check(self._calls_around())
            self._report_begin()

    async def _abegin(self) -> None:
        if not self._has_begun:
            gate = self._recorder.gate
            if gate.shut:
                await gate.acheck(self._calls_around())
            self._report_begin()

    def _calls_around(self) -> frozenset[Call]:
        """Return the scopes that this step is part of: where the program is, and where it hangs."""
        around: set[Call] = set(scopes_around())
        above = self.parent
        while above is not None:
            around.add(above)
            above = above.parent
        return frozenset(around)

    def _report_begin(self) -> None:
        pending: list[NodeScope] = []
        scope: NodeScope | None = self
        while scope is not None and not scope._has_begun:  # noqa: SLF001 - of its own kind
            pending.append(scope)
            scope = scope.parent
        for each in reversed(pending):
            each._report_start()  # noqa: SLF001 - of its own kind

    def _report_start(self) -> None:
        self._has_begun = True
        facts, self._opening = self._opening, {}
        parent = self.parent.id if self.parent is not None else None
        self._recorder.report(NodeStarted, node=self.id, parent=parent, **facts)
        if isinstance(self._retries, NodeScope):
            target = self._retries.id
            self._recorder.report(EdgeDrawn, edge=EdgeKind.RETRIES, source=self.id, target=target)

    def _end(self, error: BaseException | None) -> None:
        if self._has_ended:
            return
        self._begin()
        self._has_ended = True
        facts, self._closing = self._closing, {}
        if error is not None:
            is_error = isinstance(error, Exception)
            facts["status"] = NodeStatus.ERROR if is_error else NodeStatus.CANCELLED
            facts.setdefault("error", describe(error))
        facts.setdefault("status", NodeStatus.OK)
        self._recorder.report(NodeEnded, node=self.id, **facts)

    def _note(self, facts: dict[str, Any]) -> None:
        self._closing.update((name, value) for name, value in facts.items() if value is not None)


class Node(NodeScope):
    """A thought, a sample, an expansion, a step.

    Anything that is neither a model call nor a tool call.
    """

    def finish(
        self,
        *,
        output: Any = None,
        text: Any = None,
        reasoning: Any = None,
        usage: Usage | None = None,
        cost: Cost | str | None = None,
        status: NodeStatus | str | None = None,
        error: Any = None,
        text_visibility: TextVisibility | str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Say what came out.

        It is reported when the node ends; what is said later replaces what was said before.
        """
        facts = {"output": output, "text": text, "reasoning": reasoning, "usage": usage}
        facts |= {"cost": to_cost(cost), "status": status, "error": error}
        self._note({**facts, "text_visibility": text_visibility, "attributes": attributes})


def describe(error: BaseException) -> str | None:
    """Return an exception's traceback and message as text; None for `Stopped`: nothing went wrong."""
    if isinstance(error, Stopped):
        return None
    try:
        return "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception:  # noqa: BLE001 - an exception's own __str__ may raise
        return type(error).__name__
