"""A model call: one billable request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from deliberation.replay import Recorded
from deliberation.vocabulary import CallSort, Cost, CostBasis, Dimension, TextVisibility, Usage


class ModelCall(CallScope):
    """One request to a model.

    `max_tokens` is how much output to ask for: at most what the run's budget has left. `model` and `request` are what
    to ask for it with: in a replay that is live they may be other than was said.
    """

    sort = CallSort.MODEL

    def __init__(
        self,
        recorder: Recorder,
        parent: NodeScope | None,
        facts: dict[str, Any],
        *,
        retries: NodeScope | None = None,
        max_tokens: int | None = None,
        reserve: Reserve | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(recorder, parent, facts, retries=retries)
        self.model: Any = facts.get("model")
        self.request: dict[str, Any] = dict(request or {})
        self._provider = facts.get("provider")
        self._request = Request(
            model=self.model,
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
            facts |= {"model": model or self.model, "provider": self._provider}
        measured = usage is not None or cost is not None
        self._note({**facts, "cost_basis": CostBasis.MEASURED if measured else None})

    def _name_of_call(self) -> str:
        return str(self.model)

    def _asked(self) -> dict[str, Any]:
        asked = super()._asked()
        if self._provider is not None:
            asked["provider"] = self._provider
        request = self._said_request()
        return {**asked, "request": request} if request else asked

    def _said_request(self) -> dict[str, Any]:
        """Return what was asked for beside the input; `max_tokens` as it was said, not as it was granted."""
        most = self._request.max_tokens
        return self.request if most is None else {"max_tokens": most, **self.request}

    def _override(self) -> bool:
        replay = self._recorder.replay
        overrides = replay.job.overrides if replay is not None else {}
        names = {"temperature", "top_p", *self.request} & overrides.keys()
        self.request = {**self.request, **{name: overrides[name] for name in names}}
        self.model = self._opening["model"] = overrides.get("model", self.model)
        most = self._read_most(overrides.get("max_tokens")) or self._request.max_tokens
        self._request = replace(self._request, model=self.model, max_tokens=most)
        self.max_tokens = most
        return bool(names or overrides.keys() & {"model", "max_tokens"})

    def _more_of(self, recorded: Recorded) -> dict[str, Any]:
        return {
            "model": recorded.model or self.model,
            "provider": self._provider,
            "response_id": recorded.response_id,
            "finish_reason": recorded.finish_reason,
            "reasoning": recorded.reasoning,
            "cost_basis": CostBasis.MEASURED if recorded.usage or recorded.cost else None,
        }

    def _take_key(self) -> None:
        super()._take_key()
        if self._called is not None and not self._has_begun:
            self._opening["request"] = self._said_request() or None

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
        return amounts_of(gate, {"model": self.model, "provider": self._provider, **facts})

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
