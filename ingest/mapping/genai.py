"""OpenTelemetry's GenAI convention, current and older names (`gen_ai.*`), and what Pydantic AI adds
to it.

Source: the model of `semantic-conventions-genai`, and of `semantic-conventions` up to 1.37 before it.
An embeddings or rerank request generates nothing: it is part of a look-up, a retrieval, and its tokens
are kept there. Agents and workflows state sums of the calls under them: usage without a basis, which
counts only where no call below states its own (ADR 12).
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.bodies import value_of
from ingest.mapping.content import parse, reasoning_in, take_conversation, with_instructions
from ingest.mapping.cost import take_cost
from ingest.mapping.genai_operations import OPERATIONS
from ingest.mapping.listed_events import NAMES as LISTED
from ingest.mapping.listed_events import take_listed
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import completed, usage_in
from ingest.mapping.take import NO_MODEL, fact_text, take_fact, take_model, take_text
from ingest.mapping.tool_result import take_result
from ingest.mapping.usage import GENAI, SUMS, take_usage
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "genai"

EVIDENCE = frozenset(
    {
        "gen_ai.request.model",
        "gen_ai.response.model",
        "gen_ai.system",
        "gen_ai.provider.name",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.tool.name",
        "gen_ai.agent.name",
        "gen_ai.prompt",
        "gen_ai.completion",
        "all_messages_events",
    }
)
INFERENCE = "gen_ai.client.inference.operation.details"
"""The log that tells of one call; some clients leave out which operation it was."""
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
COSTS = ("operation.cost", "gen_ai.usage.cost", "gen_ai.cost.total_cost")

RAW_USAGE = "gen_ai.usage.raw"
"""What the provider's API says, as Logfire keeps it: it has classes of tokens that no other attribute states."""

ASKED = (
    *("gen_ai.input.messages", "pydantic_ai.all_messages", "gen_ai.prompt"),
    "gen_ai.agent.invocation_input",
)
SAID = ("gen_ai.output.messages", "gen_ai.completion", "gen_ai.agent.invocation_output")
QUERIES = ("gen_ai.retrieval.query.text", "gen_ai.memory.query.text")
FOUND = ("gen_ai.retrieval.documents", "gen_ai.memory.records")
STORED = ("gen_ai.memory.records",)
FINAL, THOUGHT = "final_result", "gen_ai.content.reasoning"
APART = frozenset({*LISTED, *QUERIES, *FOUND, *STORED, FINAL, THOUGHT})
AGENT_NAMES = ("gen_ai.agent.name", "agent_name")
ARGUMENTS = (
    *("gen_ai.tool.call.arguments", "tool_arguments"),
    *("gen_ai.tool.arguments", "gen_ai.tool.args", "gen_ai.tool.input"),
)
RESULTS = (
    *("gen_ai.tool.call.result", "tool_response"),
    *("gen_ai.tool.result", "gen_ai.tool.output", "gen_ai.event.content"),
)
"""The convention's name, Pydantic AI's, and what others wrote before there was one."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record carries the convention, even one whose oldest attributes were cut."""
    return "gen_ai.operation.name" in keys or not EVIDENCE.isdisjoint(keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    kind = kind_of(rest)
    if record.name == INFERENCE and "gen_ai.operation.name" not in rest:
        kind = NodeKind.MODEL_CALL
    facts: dict[str, Any] = {"node_kind": kind}
    if kind is NodeKind.TOOL_CALL:
        _fill_tool(rest, facts)
        return facts
    _fill_content(rest, facts)
    if not APART.isdisjoint(rest):
        _fill_apart(rest, facts)
    if kind in CALLS:
        _fill_call(rest, facts)
    else:
        facts["usage"] = take_usage(rest, SUMS)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind by the operation's name, else by what else is there."""
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str) and operation:
        return OPERATIONS.get(operation, NodeKind.STEP)
    if "gen_ai.tool.name" in attributes:
        return NodeKind.TOOL_CALL
    if "gen_ai.request.model" in attributes or "gen_ai.response.model" in attributes:
        return NodeKind.MODEL_CALL
    is_agent = any(name in attributes for name in AGENT_NAMES)
    return NodeKind.AGENT if is_agent else NodeKind.STEP


def _fill_call(rest: Attributes, facts: dict[str, Any]) -> None:
    # The model asked for stays an attribute: it tells an alias from what was served.
    facts["model"] = take_model(rest, "gen_ai.response.model") or _asked_for(rest)
    facts["provider"] = _take_provider(rest)
    facts["response_id"] = take_fact(rest, "gen_ai.response.id")
    facts["finish_reason"] = _take_finish(rest)
    usage = take_usage(rest, GENAI)
    if RAW_USAGE in rest:
        usage = completed(usage, usage_in(value_of(rest[RAW_USAGE])))
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["cost"] = take_cost(rest, COSTS)
    facts["text_visibility"] = visibility(facts, usage)


def _asked_for(rest: Attributes) -> str | None:
    named = fact_text(rest.get("gen_ai.request.model"))
    return None if named in NO_MODEL else named


def _take_provider(rest: Attributes) -> str | None:
    provider = take_fact(rest, "gen_ai.provider.name")
    if provider is None:
        return take_fact(rest, "gen_ai.system")
    if rest.get("gen_ai.system") == provider:
        del rest["gen_ai.system"]
    return provider


def _take_finish(rest: Attributes) -> str | None:
    reasons = rest.get("gen_ai.response.finish_reasons")
    if reasons is None:
        return None
    listed = parse(reasons) if isinstance(reasons, str) else reasons
    if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], str):
        del rest["gen_ai.response.finish_reasons"]
        return fact_text(listed[0])
    if isinstance(listed, list):
        return fact_text(",".join(str(reason) for reason in listed))
    return fact_text(reasons)


def _fill_content(rest: Attributes, facts: dict[str, Any]) -> None:
    entered = take_conversation(rest, "user", *ASKED)
    instructions = rest.get("gen_ai.system_instructions")
    if instructions is not None:
        joined = with_instructions(entered, instructions)
        if joined is not None:
            entered = joined
            del rest["gen_ai.system_instructions"]
    facts["input"] = entered
    came_out = take_conversation(rest, "assistant", *SAID)
    facts["output"] = came_out
    facts["reasoning"] = reasoning_in(came_out)


def _fill_apart(rest: Attributes, facts: dict[str, Any]) -> None:
    """Take what no messages told: events in a list, what a look-up asked and found, what a memory is given."""
    if facts["input"] is None:
        entered, came_out = take_listed(rest)
        if facts["node_kind"] is NodeKind.RETRIEVAL:
            entered = entered or take_text(rest, *QUERIES)
            came_out = came_out or take_text(rest, *FOUND)
        facts["input"] = entered or take_text(rest, *STORED)
        facts["output"] = facts["output"] or came_out
    if facts["output"] is None:
        facts["output"] = take_text(rest, FINAL)
    if facts["reasoning"] is None:
        facts["reasoning"] = reasoning_in(facts["output"]) or take_text(rest, THOUGHT)


def _fill_tool(rest: Attributes, facts: dict[str, Any]) -> None:
    facts["tool"] = take_fact(rest, "gen_ai.tool.name")
    facts["input"] = take_text(rest, *ARGUMENTS)
    facts["output"] = take_result(rest, *RESULTS)
