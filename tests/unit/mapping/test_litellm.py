"""LiteLLM's own callback: GenAI's names, and beside them what only LiteLLM says."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.vocabulary import CostProvenance, NodeKind, TextVisibility, Usage
from tests.unit.mapping.making import observe, rest_of

USAGE = (
    "{'completion_tokens': 30, 'prompt_tokens': 100, 'total_tokens': 130, "
    "'completion_tokens_details': {'reasoning_tokens': 20, 'audio_tokens': None}, "
    "'prompt_tokens_details': {'cached_tokens': 40}}"
)
CALL: dict[str, Any] = {
    "llm.request.type": "completion",
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 30,
    "gen_ai.cost.total_cost": 0.0025,
    "gen_ai.output.messages": '[{"role": "assistant", "parts": [], "finish_reason": "tool_calls"}]',
    "gen_ai.completion.0.function_call.name": "weather",
    "gen_ai.completion.0.function_call.arguments": '{"city": "Paris"}',
    "metadata.usage_object": USAGE,
}


def test_it_works() -> None:
    node = observe(CALL)
    assert (node.node_kind, node.model) == (NodeKind.MODEL_CALL, "gpt-4o-2024-08-06")
    assert node.usage == Usage(input=100, cache_read=40, output=30, reasoning=20)
    assert node.cost is not None
    assert (node.cost.amount, node.cost.provenance) == (Decimal("0.0025"), CostProvenance.REPORTED)
    [message] = json.loads(node.output or "")
    call = {"type": "tool_call", "name": "weather", "arguments": '{"city": "Paris"}'}
    assert message["parts"] == [call]
    assert rest_of(node)["metadata.usage_object"] == USAGE


def test_reasoning_that_is_counted_and_not_shown_is_not_all_there_is_to_read() -> None:
    said = json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": "21"}]}])
    shown = {**CALL, "gen_ai.output.messages": said}
    assert observe(shown).text_visibility is None
    assert observe({**shown, "metadata.usage_object": ""}).text_visibility is TextVisibility.FULL


@pytest.mark.parametrize(
    "account", ["", "{", "{'prompt_tokens': __import__('os')}", "{'a': " + "[" * 3000, 7]
)
def test_an_account_that_cannot_be_read_changes_nothing_and_stays(account: Any) -> None:
    node = observe({**CALL, "metadata.usage_object": account})
    assert node.usage == Usage(input=100, output=30)
    assert rest_of(node)["metadata.usage_object"] == account


def test_an_account_of_other_totals_is_not_of_this_call() -> None:
    other = USAGE.replace("'prompt_tokens': 100", "'prompt_tokens': 900")
    assert observe({**CALL, "metadata.usage_object": other}).usage == Usage(
        input=100, output=30, reasoning=20
    )


def test_what_is_embedded_is_looked_up() -> None:
    embedding = {"gen_ai.operation.name": "embedding", "metadata.usage_object": USAGE}
    assert observe(embedding).node_kind is NodeKind.RETRIEVAL
