"""OpenAI's agents as Logfire tells of them: what a span is stands in the template of its message alone.

    Agent run: {name!r} · Function: {name} {name, input, output} · Guardrail {name!r} {triggered=}
    Chat completion with {gen_ai.request.model!r} {input, output, usage} · Responses API … {events, gen_ai.usage.raw}

Source: `logfire/_internal/integrations/openai_agents.py`.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping import genai, logfire
from ingest.mapping.bodies import take_body, value_of
from ingest.mapping.content import reasoning_in
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import completed, usage_in
from ingest.mapping.take import take_fact
from ingest.mapping.tool_result import take_result
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "logfire-openai-agents"
SCOPE = "logfire.openai_agents"
USAGE = "usage"
KINDS = {
    "Agent run": NodeKind.AGENT,
    "Function": NodeKind.TOOL_CALL,
    "Chat completion": NodeKind.MODEL_CALL,
    "Responses API": NodeKind.MODEL_CALL,
    "Guardrail": NodeKind.VERIFICATION,
}
"""How a template begins; what is in none of these is a step, also a turn, which names its agent."""


def recognises(keys: Keys, scope: str) -> bool:
    """True for the spans of this one instrumentation."""
    return scope == SCOPE


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    kind = kind_of(rest)
    named: dict[str, Any] = {"node_kind": kind, "name": logfire.message_of_template(rest, record)}
    if kind is NodeKind.TOOL_CALL:
        arguments, result = take_body(rest, "input", None).text, take_result(rest, "output")
        return {**named, "tool": take_fact(rest, "name"), "input": arguments, "output": result}
    if kind is not NodeKind.MODEL_CALL:
        return named
    facts = {**genai.fill(rest, record), **named}
    if facts.get("input") is None:
        facts["input"] = take_body(rest, "input", "user").text
        facts["output"] = take_body(rest, "output", "assistant").text
    usage = completed(facts.get("usage"), usage_in(value_of(rest.get(USAGE))))
    facts["usage"], facts["cost_basis"] = usage, CostBasis.MEASURED if usage else None
    facts["reasoning"] = facts.get("reasoning") or reasoning_in(facts["output"])
    facts["text_visibility"] = visibility(facts, usage)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind by how the template begins."""
    template = str(attributes.get(logfire.TEMPLATE, ""))
    return next((kind for word, kind in KINDS.items() if template.startswith(word)), NodeKind.STEP)
