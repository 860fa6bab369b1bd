"""Tokens and money of a LangSmith run: GenAI's two counts, and LangChain's `usage_metadata` with their parts.

The metadata stands in an attribute, or in the run's outputs alone. It may carry costs as well
(`total_cost`), as LangSmith's page on cost tracking has it.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import Cost, Usage
from ingest.mapping.bodies import Body, member_of, value_of
from ingest.mapping.response_bodies import usage_of
from ingest.mapping.stated_usage import cost_in, usage_in
from ingest.mapping.take import as_amount, take_count
from ingest.mapping.usage import GENAI, inclusive
from ingest.wire.span import Attributes

STATED = ("langsmith.metadata.usage_metadata", "langsmith.usage_metadata")
COSTS = ("total_cost", "input_cost", "output_cost")


def take_call_usage(rest: Attributes, said: Body) -> Usage | None:
    """Return a call's usage; the counts that it is told by exactly are taken out of `rest`."""
    stated = next((usage for each in _stated(rest) if (usage := usage_in(each))), None)
    parts = stated or usage_of(said) or Usage()
    cached = (parts.cache_read or 0) + (parts.cache_write or 0)
    entered = take_count(rest, GENAI["input"], least=cached)
    came_out = take_count(rest, GENAI["output"], least=parts.reasoning or 0)
    usage = inclusive(
        parts.input if entered is None else entered,
        parts.output if came_out is None else came_out,
        parts.cache_read,
        parts.cache_write,
        parts.reasoning,
    )
    return None if usage == Usage() else usage


def reported_cost(rest: Attributes, said: Body) -> Cost | None:
    """Return the cost that a run's usage metadata states."""
    for stated in (*_stated(rest), member_of(said.value, "usage_metadata")):
        if isinstance(stated, dict):
            costs = {
                name: stated[name] for name in COSTS if as_amount(stated.get(name)) is not None
            }
            if costs:
                return cost_in(costs)
    return None


def _stated(rest: Attributes) -> list[Any]:
    return [value_of(rest[name]) for name in STATED if name in rest]
