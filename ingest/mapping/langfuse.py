"""Langfuse's observations (`langfuse.observation.*`), of its SDKs from version 3 on and of whoever sets them.

Source: `langfuse/_client/attributes.py` and Langfuse's page on mapping OpenTelemetry's properties. Its SDKs
export spans of other instrumentations too, with `langfuse.trace.*` beside: these follow their own
convention. Objects are JSON text, texts are as they are. On the root, `langfuse.trace.input` and
`.output` stand in for the observation's own where it has none. Scores are not sent by OTLP.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import Cost, CostBasis, NodeKind
from ingest.mapping.bodies import NONE, Body, take_body, value_of
from ingest.mapping.content import reasoning_in
from ingest.mapping.langchain_provider import provider_of
from ingest.mapping.langfuse_usage import usage_of
from ingest.mapping.response_bodies import finish_of, response_id_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import cost_in
from ingest.mapping.take import fact_text, take_fact
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "langfuse"

PREFIX = "langfuse.observation."
TYPE, MODEL = PREFIX + "type", PREFIX + "model.name"
USAGE, COST = PREFIX + "usage_details", PREFIX + "cost_details"
LEVEL, MESSAGE = PREFIX + "level", PREFIX + "status_message"
INPUTS = (PREFIX + "input", "langfuse.trace.input")
OUTPUTS = (PREFIX + "output", "langfuse.trace.output")
FINISH = PREFIX + "metadata.finish_reason"
PROVIDER = PREFIX + "metadata.ls_provider"
"""What LangChain says of its model; Langfuse's handler passes it on."""

KINDS = {
    "generation": NodeKind.MODEL_CALL,
    "embedding": NodeKind.RETRIEVAL,
    "retriever": NodeKind.RETRIEVAL,
    "agent": NodeKind.AGENT,
    "tool": NodeKind.TOOL_CALL,
    "evaluator": NodeKind.VERIFICATION,
    "guardrail": NodeKind.VERIFICATION,
}
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
SPOKEN = (NodeKind.MODEL_CALL, NodeKind.AGENT)


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record is an observation of Langfuse's."""
    return any(key.startswith(PREFIX) for key in keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    kind = kind_of(rest)
    facts: dict[str, Any] = {"node_kind": kind}
    speaks = kind in SPOKEN
    asked = _take(rest, INPUTS, "user" if speaks else None)
    said = _take(rest, OUTPUTS, "assistant" if speaks else None)
    facts["input"], facts["output"] = asked.text, said.text
    if kind is NodeKind.TOOL_CALL:
        facts["tool"] = fact_text(record.name)
    elif kind in CALLS:
        _fill_call(rest, facts, said)
    else:
        _fill_judged(rest, facts)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind by the observation's type; one without a type that names a model is a call."""
    named = attributes.get(TYPE)
    if named is None:
        return NodeKind.MODEL_CALL if MODEL in attributes or USAGE in attributes else NodeKind.STEP
    return KINDS.get(str(named).lower(), NodeKind.STEP)


def has_failed(attributes: Attributes) -> bool:
    """True when an observation is of the level of errors; not every SDK sets the span's status as well."""
    return attributes.get(LEVEL) == "ERROR"


def error_of(attributes: Attributes) -> str | None:
    """Return what an observation says of its error, at least that it is one; None where it has none."""
    if not has_failed(attributes):
        return None
    message = attributes.get(MESSAGE)
    return message if isinstance(message, str) and message else str(attributes[LEVEL])


def _take(rest: Attributes, names: tuple[str, ...], role: str | None) -> Body:
    found = next((name for name in names if name in rest), None)
    return NONE if found is None else take_body(rest, found, role)


def _fill_call(rest: Attributes, facts: dict[str, Any], said: Body) -> None:
    facts["model"] = take_fact(rest, MODEL)
    facts["provider"] = provider_of(_word(rest, PROVIDER))
    details = value_of(rest.get(USAGE))
    usage = usage_of(details, facts["model"])
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["cost"] = _cost(rest, is_measured=usage is not None)
    if facts["node_kind"] is NodeKind.MODEL_CALL:
        facts["response_id"] = response_id_of(said)
        facts["finish_reason"] = finish_of(said) or _word(rest, FINISH)
        facts["reasoning"] = reasoning_in(facts["output"])
    facts["text_visibility"] = visibility(facts, usage)


def _fill_judged(rest: Attributes, facts: dict[str, Any]) -> None:
    """Any observation may name a model and tokens: of an agent or a judge, sums of what is under it."""
    facts["model"] = take_fact(rest, MODEL)
    facts["usage"] = usage_of(value_of(rest.get(USAGE)), facts["model"])


def _cost(rest: Attributes, *, is_measured: bool) -> Cost | None:
    cost = cost_in(value_of(rest.get(COST)))
    # Its wrappers write zeros for a call that failed, of which they know nothing.
    if cost is not None and not cost.amount and not is_measured and has_failed(rest):
        return None
    return cost


def _word(rest: Attributes, name: str) -> str | None:
    """Return a word of the metadata, which is JSON text; it stays there."""
    value = value_of(rest.get(name))
    return fact_text(value) if isinstance(value, str) else None
