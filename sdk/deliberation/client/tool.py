"""A tool call: one use of a tool."""

from __future__ import annotations

from typing import Any

from deliberation.client.asked import AskedScope
from deliberation.client.spent import Amounts, dollars_of
from deliberation.client.values import to_cost
from deliberation.control import Gate
from deliberation.control.spending import Want
from deliberation.control.spending.till import seen_in
from deliberation.vocabulary import CallSort, Cost, Dimension, NodeStatus


class ToolCall(AskedScope):
    """One use of a tool. Use it with `arguments`: a reviewer may have changed them."""

    sort = CallSort.TOOL

    def finish(
        self,
        *,
        result: Any = None,
        error: Any = None,
        cost: Cost | str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Say what the tool returned.

        `error` is for a tool that answers with an error instead of raising one.
        """
        status = NodeStatus.ERROR if error is not None else None
        facts = {"output": result, "error": error, "status": status, "cost": to_cost(cost)}
        self._note({**facts, "attributes": attributes})

    def _wants(self, gate: Gate, *, limited: bool) -> dict[Dimension, Want]:
        wants = super()._wants(gate, limited=limited)
        usual = seen_in(gate, self._sort(), Dimension.USD) if limited else None
        return {**wants, Dimension.USD: usual} if usual is not None else wants

    def _sort(self) -> str:
        return f"tool {self._tool}"

    def _spent(self, gate: Gate, facts: dict[str, Any]) -> Amounts:
        dollars = dollars_of(facts.get("cost"))
        return {Dimension.USD: dollars} if dollars is not None else {}
