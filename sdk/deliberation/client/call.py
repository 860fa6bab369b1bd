"""A model call: one billable request."""

from __future__ import annotations

from typing import Any

from deliberation.client.node import NodeScope
from deliberation.client.recorder import Recorder
from deliberation.client.underway import CallScope
from deliberation.client.values import to_cost
from deliberation.vocabulary import Cost, CostBasis, TextVisibility, Usage


class ModelCall(CallScope):
    """One request to a model."""

    def __init__(
        self,
        recorder: Recorder,
        parent: NodeScope | None,
        facts: dict[str, Any],
        *,
        retries: NodeScope | None = None,
    ) -> None:
        super().__init__(recorder, parent, facts, retries=retries)
        self._model = facts.get("model")
        self._provider = facts.get("provider")

    def finish(
        self,
        *,
        output: Any = None,
        usage: Usage | None = None,
        cost: Cost | str | None = None,
        reasoning: Any = None,
        response_id: str | None = None,
        finish_reason: str | None = None,
        model: str | None = None,
        text_visibility: TextVisibility | str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Say what the model returned. It is reported when the call ends.

        `usage` in tokens, with cache part of input and reasoning part of output; `cost` a `Cost`,
        or an amount in US dollars as a decimal string; `model` the one that answered, where it is
        not the one asked for.
        """
        facts = {"output": output, "usage": usage, "cost": to_cost(cost), "reasoning": reasoning}
        facts |= {"response_id": response_id, "finish_reason": finish_reason, "model": model}
        facts |= {"text_visibility": text_visibility, "attributes": attributes}
        if usage is not None:
            # A server prices the event that has the tokens, which may reach it before the start does.
            facts |= {"model": model or self._model, "provider": self._provider}
        measured = usage is not None or cost is not None
        self._note({**facts, "cost_basis": CostBasis.MEASURED if measured else None})
