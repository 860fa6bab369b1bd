"""OpenInference (`openinference.span.kind`, `llm.*`, flattened messages)."""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.bodies import take_body
from ingest.mapping.content import parse, reasoning_in, take_conversation
from ingest.mapping.cost import take_cost
from ingest.mapping.flattened import take_messages
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import fact_text, take_fact, take_model, take_text
from ingest.mapping.text_completions import take_choices, take_prompts
from ingest.mapping.tool_result import take_result
from ingest.mapping.usage import OPENINFERENCE, take_usage
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "openinference"

KINDS = {
    "LLM": NodeKind.MODEL_CALL,
    "CHAIN": NodeKind.STEP,
    "AGENT": NodeKind.AGENT,
    "TOOL": NodeKind.TOOL_CALL,
    "RETRIEVER": NodeKind.RETRIEVAL,
    "RERANKER": NodeKind.RETRIEVAL,
    "EMBEDDING": NodeKind.RETRIEVAL,
    "EVALUATOR": NodeKind.VERIFICATION,
    "GUARDRAIL": NodeKind.VERIFICATION,
    "PROMPT": NodeKind.STEP,
}
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
COSTS = ("llm.cost.total",)
ANSWERS = ("llm.output_messages.", "llm.choices.", "llm.token_count.")
REQUEST = re.compile(r'\s*\{\s*"(?:messages|model|tools)"\s*:')
RESPONSE_ID = re.compile(r'\{\s*"id":\s*"([!-~]{1,128}?)"')


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record names its OpenInference kind, or is one whose kind was cut."""
    return (
        "openinference.span.kind" in keys
        or "llm.model_name" in keys
        or "llm.token_count.prompt" in keys
    )


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    kind = kind_of(rest)
    facts: dict[str, Any] = {"node_kind": kind}
    if kind is NodeKind.MODEL_CALL:
        _fill_messages(rest, facts)
    elif kind is NodeKind.TOOL_CALL:
        _fill_tool(rest, facts, record)
    else:
        facts["input"] = take_text(rest, "input.value")
        facts["output"] = take_text(rest, "output.value")
    if kind in CALLS:
        _fill_call(rest, facts)
    elif kind is not NodeKind.TOOL_CALL:
        facts["usage"] = take_usage(rest, OPENINFERENCE)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind that the source names; a record that lost its name is the model call it looks like.

    What LlamaIndex names a call and only puts a request together asked no model anything.
    """
    named = attributes.get("openinference.span.kind")
    if named is None:
        return NodeKind.MODEL_CALL
    kind = KINDS.get(str(named).upper(), NodeKind.STEP)
    is_asked = kind is not NodeKind.MODEL_CALL or not _gives_a_request(attributes)
    return kind if is_asked else NodeKind.STEP


def _gives_a_request(attributes: Attributes) -> bool:
    given = attributes.get("output.value")
    if not isinstance(given, str) or not REQUEST.match(given):
        return False
    if any(name.startswith(ANSWERS) for name in attributes):
        return False
    value = parse(given)
    return isinstance(value, dict) and "messages" in value and "tools" in value


def _fill_messages(rest: Attributes, facts: dict[str, Any]) -> None:
    """Prefer the messages; the whole request and response then stay attributes."""
    facts["response_id"] = _response_id(rest.get("output.value"))
    facts["input"] = (
        take_messages(rest, "llm.input_messages.")
        or take_prompts(rest)
        or take_conversation(rest, "user", "input.value")
    )
    came_out = (
        take_messages(rest, "llm.output_messages.")
        or take_choices(rest)
        or take_conversation(rest, "assistant", "output.value")
    )
    facts["output"] = came_out
    facts["reasoning"] = reasoning_in(came_out)


def _fill_tool(rest: Attributes, facts: dict[str, Any], record: Source) -> None:
    facts["tool"] = take_fact(rest, "tool.name") or fact_text(record.name)
    given = take_body(rest, "input.value", None).text
    facts["input"] = given or take_text(rest, "tool.parameters")
    facts["output"] = take_result(rest, "output.value")


def _fill_call(rest: Attributes, facts: dict[str, Any]) -> None:
    facts["model"] = take_model(
        rest, "llm.model_name", "embedding.model_name", "reranker.model_name"
    )
    facts["provider"] = take_fact(rest, "llm.provider", "llm.system")
    facts["finish_reason"] = take_fact(rest, "llm.finish_reason")
    usage = take_usage(rest, OPENINFERENCE)
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["cost"] = take_cost(rest, COSTS)
    facts["text_visibility"] = visibility(facts, usage)


def _response_id(response: Any) -> str | None:
    # The convention has no attribute for it; the raw response of most clients begins with it.
    found = RESPONSE_ID.match(response) if isinstance(response, str) else None
    return found.group(1) if found else None
