"""What Google's Agent Development Kit writes beside GenAI's names (`gcp.vertex.agent.*`): the words, as JSON text.

    llm_request, llm_response          of a call, in the shape of Gemini's API
    tool_call_args, tool_response      of a tool
    data                               what is sent to a live connection

Source: `google/adk/telemetry/tracing.py`. Where content is not to be captured they are `{}`. GenAI's counts beside
leave out what was thought, so the response's own stand before them. Versions before GenAI's words for agents name
these in the name of the span alone (`agent_run [judge]`).
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.bodies import NONE, Body, take_body
from ingest.mapping.content import reasoning_in
from ingest.mapping.response_bodies import finish_of, model_of, usage_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import dump
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "adk"

SCOPE = "gcp.vertex.agent"
PREFIX = SCOPE + "."
REQUEST, RESPONSE = PREFIX + "llm_request", PREFIX + "llm_response"
ARGUMENTS, RESULT, DATA = PREFIX + "tool_call_args", PREFIX + "tool_response", PREFIX + "data"
WORDS = frozenset({REQUEST, RESPONSE, ARGUMENTS, RESULT, DATA})
HIDDEN = ("{}", "<not serializable>", "N/A")
"""What stands where there is nothing to read."""

AGENT_RUN = "agent_run ["
MEMBERS = ("role", "parts", "finish_reason")


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record has any of the words, or is of the kit and says nothing at all."""
    return not WORDS.isdisjoint(keys) or (scope == SCOPE and not keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return what was said, and of a response what GenAI's names may lack."""
    if ARGUMENTS in rest or RESULT in rest:
        facts: dict[str, Any] = {"node_kind": NodeKind.TOOL_CALL}
        facts["input"] = _take(rest, ARGUMENTS, None).text
        facts["output"] = _take(rest, RESULT, None).text
        return facts
    is_call = REQUEST in rest or RESPONSE in rest
    said = _take(rest, RESPONSE, "assistant")
    asked = _take(rest, REQUEST if REQUEST in rest else DATA, "user" if is_call else None)
    if not is_call:
        is_agent = record.name.startswith(AGENT_RUN)
        return {"node_kind": NodeKind.AGENT if is_agent else NodeKind.STEP, "input": asked.text}
    usage = usage_of(said)
    answer = _answer(said)
    thought = reasoning_in(answer)
    return {
        "node_kind": NodeKind.MODEL_CALL,
        "input": asked.text,
        "output": answer,
        "reasoning": thought,
        "text_visibility": visibility({"output": answer, "reasoning": thought}, usage),
        "usage": usage,
        "cost_basis": None if usage is None else CostBasis.MEASURED,
        "model": model_of(said) or model_of(asked),
        "finish_reason": finish_of(said),
    }


def _answer(said: Body) -> str | None:
    """Return the messages of a response without what else it says, which stays among the attributes."""
    if not said.messages:
        return said.text
    return dump([{name: each[name] for name in MEMBERS if name in each} for each in said.messages])


def _take(rest: Attributes, name: str, role: str | None) -> Body:
    return NONE if rest.get(name) in HIDDEN else take_body(rest, name, role)
