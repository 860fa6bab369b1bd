"""A tool call: one use of a tool."""

from __future__ import annotations

from typing import Any

from deliberation.client.asked import AskedScope
from deliberation.client.values import to_cost
from deliberation.vocabulary import Cost, NodeStatus


class ToolCall(AskedScope):
    """One use of a tool. Use it with `arguments`: a reviewer may have changed them."""

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
