"""What coding agents say that they did, one event each: `<program>.<what>`, in logs and in the events of their spans.

    user_prompt                    prompt
    api_request, api_response,     model, tokens; of Codex's the one event of a stream that states tokens
      sse_event, api_error
    tool_result, tool_call         the tool, its arguments and output, `success`, which may be a text
    tool_decision                  who let a tool run, or did not
    agent_response                 what was answered

Sources: `codex-rs/otel`, the monitoring page of Claude Code, the telemetry page of the Gemini CLI. What an event is
goes by its last word and by what it carries, so that others of their kind are read too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind, TextVisibility, Usage
from ingest.mapping.cost import take_cost
from ingest.mapping.stated_usage import usage_in
from ingest.mapping.take import fact_text, take_fact, take_text
from ingest.wire.span import Attributes

NAME = "agent-events"

TOOLS = ("tool_name", "function_name")
CALL_IDS = ("call_id", "tool_use_id", "tool_call_id")
ARGUMENTS = ("arguments", "function_args", "tool_input", "tool_parameters")
RESULTS = ("output", "result")
ANSWERS = ("response", "response_text")
ERRORS = ("error.message", "error", "error_message")
RESPONSE_IDS = ("response_id", "request_id")
COSTS = ("cost_usd",)
HIDDEN = ("[REDACTED]", "<REDACTED>")
"""What stands for a prompt that is not to leave the machine."""

COUNTS = {
    "input_tokens": ("input_token_count", "input_tokens"),
    "candidates_token_count": ("output_token_count", "output_tokens"),
    "cache_read_input_tokens": (
        *("cached_token_count", "cached_content_token_count", "cache_read_tokens"),
    ),
    "cache_creation_input_tokens": ("cache_write_token_count", "cache_creation_tokens"),
    "thoughts_token_count": ("reasoning_token_count", "thoughts_token_count"),
    "total_tokens": ("total_token_count", "total_tokens"),
}
"""Names that `stated_usage` knows → where an event has them."""

COUNTED = frozenset(name for names in COUNTS.values() for name in names)

READ = COUNTED | {*TOOLS, *CALL_IDS, *ERRORS, "success", "duration_ms"}
"""What is read of an event and mostly stays among its attributes."""

APART = "cache_creation_tokens"
"""Anthropic's word: its input leaves out what was cached."""

Facts = dict[str, Any]


def what_of(name: str) -> str:
    """Return what an event of this name tells: its last word."""
    return name.rpartition(".")[2]


def fill(what: str, rest: Attributes) -> Facts | None:
    """Return the node facts of an event, taken out of `rest`; None where it is no event of this kind."""
    read = READERS.get(what)
    facts = read(rest) if read is not None else None
    if facts is not None:
        facts["error"] = facts.get("error") or error_of(rest)
    return facts


def call_id_of(attributes: Attributes) -> str | None:
    """Return the id that the events of one use of a tool share."""
    found = (attributes.get(name) for name in CALL_IDS)
    return next((each for each in found if isinstance(each, str) and each.isprintable()), None)


def has_failed(attributes: Attributes) -> bool:
    """True when an event says so, by its success, which may be a text, or by an error."""
    success = attributes.get("success")
    if isinstance(success, bool | str):
        return str(success).lower() == "false"
    return error_of(attributes) is not None


def error_of(attributes: Attributes) -> str | None:
    """Return the error that an event names."""
    found = (attributes.get(name) for name in ERRORS)
    return next((each for each in found if isinstance(each, str) and each), None)


def counts_id(usage: Usage) -> str:
    """Return what stands in for the id of a response whose events carry none: its counts.

    Reports of one id are one call only where their times agree as well (ADR 12).
    """
    counts = (usage.input, usage.cache_read, usage.cache_write, usage.output, usage.reasoning)
    return "counts:" + "/".join(str(count or 0) for count in counts)


def _prompt(rest: Attributes) -> Facts:
    asked = rest.get("prompt")
    if asked in HIDDEN:
        return {"node_kind": NodeKind.STEP, "text_visibility": TextVisibility.REDACTED}
    return {"node_kind": NodeKind.STEP, "input": take_text(rest, "prompt")}


def _answer(rest: Attributes) -> Facts:
    return {"node_kind": NodeKind.STEP, "output": take_text(rest, *ANSWERS)}


def _call(rest: Attributes) -> Facts | None:
    usage = _usage(rest)
    if usage is None:
        return None
    facts: Facts = {"node_kind": NodeKind.MODEL_CALL, "usage": usage}
    facts["cost_basis"] = CostBasis.MEASURED
    facts["cost"] = take_cost(rest, COSTS)
    facts["model"] = take_fact(rest, "model")
    facts["output"] = take_text(rest, *ANSWERS)
    facts["response_id"] = _response_id(rest) or counts_id(usage)
    hidden = facts["output"] is None and usage.output
    facts["text_visibility"] = TextVisibility.NONE if hidden else None
    return facts


def _failed_call(rest: Attributes) -> Facts:
    return {"node_kind": NodeKind.MODEL_CALL, "model": take_fact(rest, "model")}


def _tool(rest: Attributes) -> Facts | None:
    tool = take_fact(rest, *TOOLS)
    if tool is None:
        return None
    facts: Facts = {"node_kind": NodeKind.TOOL_CALL, "tool": tool, "name": tool}
    facts["input"] = take_text(rest, *ARGUMENTS)
    said = rest.get("output")
    facts["output"] = take_text(rest, *RESULTS)
    if has_failed(rest) and error_of(rest) is None and isinstance(said, str):
        facts["error"] = said or None
    return facts


def _decision(rest: Attributes) -> Facts | None:
    decided = take_fact(rest, "decision")
    if decided is None:
        return None
    return {"node_kind": NodeKind.APPROVAL, "output": decided}


def _usage(rest: Attributes) -> Usage | None:
    if COUNTED.isdisjoint(rest):
        return None
    stated = {
        name: next((rest[each] for each in names if each in rest), None)
        for name, names in COUNTS.items()
    }
    usage = usage_in(stated, cache_apart=APART in rest)
    return None if usage == Usage() else usage


def _response_id(rest: Attributes) -> str | None:
    found = (fact_text(rest.get(name)) for name in RESPONSE_IDS)
    return next(filter(None, found), None)


READERS: dict[str, Callable[[Attributes], Facts | None]] = {
    "user_prompt": _prompt,
    "agent_response": _answer,
    "assistant_response": _answer,
    "api_request": _call,
    "api_response": _call,
    "sse_event": _call,
    "api_error": _failed_call,
    "tool_result": _tool,
    "tool_call": _tool,
    "tool_decision": _decision,
}
