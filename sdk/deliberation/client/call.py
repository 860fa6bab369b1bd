"""A model call: one billable request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from deliberation.client.node import NodeScope
from deliberation.client.recorder import Recorder
from deliberation.client.sizes import Request, Reserve, clamped, read_reserve, wants_of
from deliberation.client.spent import Amounts, amounts_of
from deliberation.client.underway import CallScope
from deliberation.client.values import to_cost
from deliberation.control import Gate
from deliberation.control.spending import Want
from deliberation.vocabulary import Cost, CostBasis, Dimension, TextVisibility, Usage


class ModelCall(CallScope):
    """One request to a model. `max_tokens` is how much output to ask for: at most what the run's budget has left."""

    def __init__(
        self,
        recorder: Recorder,
        parent: NodeScope | None,
        facts: dict[str, Any],
        *,
        retries: NodeScope | None = None,
        max_tokens: int | None = None,
        reserve: Reserve | None = None,
    ) -> None:
        super().__init__(recorder, parent, facts, retries=retries)
        self._model = facts.get("model")
        self._provider = facts.get("provider")
        self._request = Request(
            model=self._model,
            provider=self._provider,
            input=facts.get("input"),
            max_tokens=self._read_most(max_tokens),
            stated=self._read(reserve),
        )
        self.max_tokens = self._request.max_tokens

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

    def _report_start(self) -> None:
        if self.bill is not None:
            self.max_tokens = clamped(self.bill, self._request)
        super()._report_start()

    def _wants(self, gate: Gate, *, limited: bool) -> dict[Dimension, Want]:
        wants = super()._wants(gate, limited=limited)
        return {**wants, **wants_of(gate, self._request)} if limited else wants

    def _sort(self) -> str:
        return self._request.sort

    def _spent(self, gate: Gate, facts: dict[str, Any]) -> Amounts:
        return amounts_of(gate, {"model": self._model, "provider": self._provider, **facts})

    def _read_most(self, said: Any) -> int | None:
        if said is None or (isinstance(said, int) and said > 0):
            return said
        self._recorder.client.refuse("max_tokens: must be a whole number above 0")
        return None

    def _read(self, reserve: Reserve | None) -> dict[Dimension, Decimal]:
        try:
            return read_reserve(reserve)
        except (AttributeError, TypeError, ValueError) as error:
            self._recorder.client.refuse(f"reserve: {error}")
            return {}
