"""What Google's Agent Development Kit writes beside GenAI's names (`gcp.vertex.agent.*`): the words, as JSON text.

    llm_request, llm_response          of a call, in the shape of Gemini's API
    tool_call_args, tool_response      of a tool
    data                               what is sent to a live connection

Source: `google/adk/telemetry/tracing.py`. Where content is not to be captured they are `{}`. Its spans `(merged tools)`
gather the results of several tools whose own spans stand beside.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.bodies import NONE, Body, take_body
from ingest.mapping.content import reasoning_in
from ingest.mapping.response_bodies import finish_of, model_of, usage_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "adk-beside-genai"

PREFIX = "gcp.vertex.agent."
REQUEST, RESPONSE = PREFIX + "llm_request", PREFIX + "llm_response"
ARGUMENTS, RESULT, DATA = PREFIX + "tool_call_args", PREFIX + "tool_response", PREFIX + "data"
WORDS = frozenset({REQUEST, RESPONSE, ARGUMENTS, RESULT, DATA})
HIDDEN = ("{}", "<not serializable>", "N/A")
"""What stands where there is nothing to read."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record has any of the words."""
    return not WORDS.isdisjoint(keys)


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
        return {"node_kind": NodeKind.STEP, "input": asked.text}
    usage = usage_of(said)
    thought = reasoning_in(said.text)
    return {
        "node_kind": NodeKind.MODEL_CALL,
        "input": asked.text,
        "output": said.text,
        "reasoning": thought,
        "text_visibility": visibility({"output": said.text, "reasoning": thought}, usage),
        "usage": usage,
        "cost_basis": None if usage is None else CostBasis.MEASURED,
        "model": model_of(said) or model_of(asked),
        "finish_reason": finish_of(said),
    }


def _take(rest: Attributes, name: str, role: str | None) -> Body:
    return NONE if rest.get(name) in HIDDEN else take_body(rest, name, role)
