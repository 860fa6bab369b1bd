"""A verifier call: one question to a checker."""

from __future__ import annotations

from typing import Any

from deliberation.client.node import NodeScope
from deliberation.client.recorder import Recorder
from deliberation.client.spent import Amounts, amounts_of
from deliberation.client.underway import CallScope
from deliberation.client.values import to_cost
from deliberation.control import Gate
from deliberation.replay import Recorded
from deliberation.vocabulary import CallSort, Cost, NodeStatus, Usage


class VerifierCall(CallScope):
    """One question to a verifier. What it says of a node is told by `node.verdict(…, by_node=call)`."""

    sort = CallSort.VERIFIER

    def __init__(
        self,
        recorder: Recorder,
        parent: NodeScope | None,
        facts: dict[str, Any],
        *,
        retries: NodeScope | None = None,
    ) -> None:
        super().__init__(recorder, parent, facts, retries=retries)
        self._verifier = str(facts.get("name"))

    def finish(
        self,
        *,
        result: Any = None,
        error: Any = None,
        usage: Usage | None = None,
        cost: Cost | str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Say what the verifier returned; `error` is for one that answers with an error instead of raising it.

        `usage` and `cost` are what it took by itself; of model calls inside it, which tell their own, say nothing.
        """
        status = NodeStatus.ERROR if error is not None else None
        facts = {"output": result, "error": error, "status": status, "usage": usage}
        self._note({**facts, "cost": to_cost(cost), "attributes": attributes})

    def _name_of_call(self) -> str:
        return self._verifier

    def _more_of(self, recorded: Recorded) -> dict[str, Any]:
        return {"model": recorded.model}

    def _sort(self) -> str:
        return f"verifier {self._verifier}"

    def _spent(self, gate: Gate, facts: dict[str, Any]) -> Amounts:
        return amounts_of(gate, facts)
