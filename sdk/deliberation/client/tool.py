"""A tool call: one use of a tool."""

from __future__ import annotations

from typing import Any

from deliberation.client.underway import CallScope
from deliberation.client.values import to_cost
from deliberation.vocabulary import Cost, NodeStatus


class ToolCall(CallScope):
    """One use of a tool."""

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
