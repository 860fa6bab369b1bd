"""A node: one thing thought, tried or done."""

from __future__ import annotations

import traceback
from typing import Any

from deliberation.client.current import scopes_around
from deliberation.client.judged import Judged
from deliberation.client.recorder import Recorder
from deliberation.client.scope import Scope
from deliberation.client.shared import is_shared, settle_booked
from deliberation.client.spent import Amounts
from deliberation.client.toll import apay, pay
from deliberation.client.values import to_cost
from deliberation.control import Gate, Stopped
from deliberation.control.spending import Bill, Want, is_limited, settle
from deliberation.control.spending.bill import ONE, exactly
from deliberation.control.waiters import Call
from deliberation.events import EdgeDrawn, NodeEnded, NodeStarted
from deliberation.vocabulary import (
    Cost,
    Dimension,
    EdgeKind,
    NodeKind,
    NodeStatus,
    TextVisibility,
    Usage,
)

COUNTED_KINDS: dict[str, Dimension] = {
    NodeKind.SAMPLE: Dimension.SAMPLES,
    NodeKind.TOOL_CALL: Dimension.TOOL_CALLS,
    NodeKind.MODEL_CALL: Dimension.MODEL_CALLS,
}


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
        self.is_performing = False
        self.id = recorder.make_id()
        self.parent = parent
        self.answer: Any = None
        self.bill: Bill | None = None
        self._opening = facts
        self._closing: dict[str, Any] = {}
        self.depth: Any = facts.get("depth")
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
            if gate.meter is not None:
                for bill in self._bills(gate):
                    pay(self._recorder.client.settings, gate, bill, self._calls_around)
            self._report_begin()

    async def _abegin(self) -> None:
        if not self._has_begun:
            gate = self._recorder.gate
            if gate.shut:
                await gate.acheck(self._calls_around())
            if gate.meter is not None:
                for bill in self._bills(gate):
                    await apay(self._recorder.client.settings, gate, bill, self._calls_around)
            self._report_begin()

    def _bills(self, gate: Gate) -> list[Bill]:
        """Return what is to be paid for: this step, and those above that begin with it."""
        limited = is_limited(gate)
        made = [each._make_bill(gate, limited=limited) for each in self._unbegun()]  # noqa: SLF001 - of its own kind
        return [bill for bill in made if bill is not None]

    def _make_bill(self, gate: Gate, *, limited: bool) -> Bill | None:
        if self.bill is None:
            wants = self._wants(gate, limited=limited)
            if limited or wants:
                around = self._calls_around() if limited else ()
                bills = (getattr(each, "bill", None) for each in around)
                made = Bill(wants, filter(None, bills), sort=self._sort())
                with gate.bell.lock:
                    # Another thread may begin something within it in the same moment.
                    self.bill = self.bill or made
        return self.bill

    def _wants(self, gate: Gate, *, limited: bool) -> dict[Dimension, Want]:
        """Return what it is to spend."""
        kind = self._opening.get("node_kind")
        counted = COUNTED_KINDS.get(kind) if isinstance(kind, str) else None
        wants = {counted: exactly(ONE)} if counted is not None else {}
        return {**wants, Dimension.DEPTH: exactly(self._level())} if limited else wants

    def _sort(self) -> str | None:
        """Return what else it is like, as far as spending goes."""
        return None

    def _spent(self, gate: Gate, facts: dict[str, Any]) -> Amounts:
        """Return what it took, by what was said of its end."""
        return {}

    def _level(self) -> int:
        below, scope = 0, self
        while not isinstance(scope.depth, int) and scope.parent is not None:
            below, scope = below + 1, scope.parent
        return below + (scope.depth if isinstance(scope.depth, int) else 0)

    def _calls_around(self) -> frozenset[Call]:
        """Return the scopes that this step is part of: where the program is, and where it hangs."""
        around: set[Call] = set(scopes_around())
        above = self.parent
        while above is not None:
            around.add(above)
            above = above.parent
        return frozenset(around)

    def _report_begin(self) -> None:
        for each in self._unbegun():
            each._report_start()  # noqa: SLF001 - of its own kind

    def _unbegun(self) -> list[NodeScope]:
        """Return this step and those above it that begin with it, the highest first."""
        pending: list[NodeScope] = []
        scope: NodeScope | None = self
        while scope is not None and not scope._has_begun:  # noqa: SLF001 - of its own kind
            pending.append(scope)
            scope = scope.parent
        return pending[::-1]

    def _report_start(self) -> None:
        self._has_begun = True
        facts, self._opening = self._opening, {}
        parent = self.parent.id if self.parent is not None else None
        self._recorder.report(NodeStarted, node=self.id, parent=parent, **facts)
        if self._recorder.replay is not None:
            self._recorder.replay.count_node()
        if isinstance(self._retries, NodeScope):
            target = self._retries.id
            self._recorder.report(EdgeDrawn, edge=EdgeKind.RETRIES, source=self.id, target=target)

    def _end(self, error: BaseException | None) -> None:
        if self._has_ended:
            return
        if not self._has_begun:
            self._begin()
        self._has_ended = True
        facts, self._closing = self._closing, {}
        if self.bill is not None:
            # Before it is reported: what is recorded must have been counted here.
            gate = self._recorder.gate
            has_failed = error is not None or facts.get("error") is not None
            spent = self._spent(gate, facts)
            counted = settle(gate, self.bill, spent, has_failed=has_failed)
            if is_shared(gate):
                around = [getattr(each, "bill", None) for each in self._calls_around()]
                settle_booked(gate, self.bill, counted, around)
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
