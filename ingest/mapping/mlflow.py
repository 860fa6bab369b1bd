"""MLflow Tracing's own attributes (`mlflow.*`), of its versions 2.14 to 3.

Source: MLflow's `mlflow/tracing/constant.py`. Each value is JSON text, even a word (`"\\"TOOL\\""`). The
types are those of `mlflow.entities.SpanType`; any other word may be one. What a span was given and
gave back is the whole request and the whole response of what was called. Before version 3.2 tokens stand
in the response alone.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind, Usage
from ingest.mapping.bodies import Body, member_of, take_body, value_of
from ingest.mapping.content import reasoning_in
from ingest.mapping.response_bodies import finish_of, model_of, response_id_of, usage_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import cost_in, usage_in
from ingest.mapping.take import fact_text
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "mlflow"

TYPE, INPUTS, OUTPUTS = "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs"
MODEL, PROVIDER = "mlflow.llm.model", "mlflow.llm.provider"
TOKENS, COST = "mlflow.chat.tokenUsage", "mlflow.llm.cost"
FORMAT = "mlflow.message.format"
EVIDENCE = frozenset({TYPE, INPUTS, OUTPUTS, TOKENS, MODEL})

KINDS = {
    "LLM": NodeKind.MODEL_CALL,
    "CHAT_MODEL": NodeKind.MODEL_CALL,
    "AGENT": NodeKind.AGENT,
    "TOOL": NodeKind.TOOL_CALL,
    "RETRIEVER": NodeKind.RETRIEVAL,
    "RERANKER": NodeKind.RETRIEVAL,
    "EMBEDDING": NodeKind.RETRIEVAL,
    "EVALUATOR": NodeKind.VERIFICATION,
    "GUARDRAIL": NodeKind.VERIFICATION,
}
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
SPOKEN = (NodeKind.MODEL_CALL, NodeKind.AGENT)
COUNT_APART = ("anthropic", "bedrock")
"""The APIs whose input leaves out what was cached; MLflow writes their figures as they are."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record carries what MLflow writes on each span, or what is left of it."""
    return not EVIDENCE.isdisjoint(keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    kind = kind_of(rest)
    facts: dict[str, Any] = {"node_kind": kind}
    speaks = kind in SPOKEN
    asked = take_body(rest, INPUTS, "user" if speaks else None)
    said = take_body(rest, OUTPUTS, "assistant" if speaks else None)
    facts["input"], facts["output"] = asked.text, said.text
    if kind is NodeKind.TOOL_CALL:
        facts["tool"] = _take_word(rest, "mlflow.spanFunctionName") or fact_text(record.name)
    elif kind in CALLS:
        _fill_call(rest, facts, asked, said)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind by the span's type; a span that lost it and has tokens or a model is a call."""
    named = value_of(attributes.get(TYPE))
    if named is None:
        is_call = TOKENS in attributes or MODEL in attributes
        return NodeKind.MODEL_CALL if is_call else NodeKind.STEP
    return KINDS.get(str(named).upper(), NodeKind.STEP)


def _fill_call(rest: Attributes, facts: dict[str, Any], asked: Body, said: Body) -> None:
    facts["model"] = _take_word(rest, MODEL) or model_of(said) or _asked_for(rest, asked)
    facts["provider"] = _take_word(rest, PROVIDER)
    usage = _usage(rest, facts, said)
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["cost"] = cost_in(value_of(rest.get(COST)))
    if facts["node_kind"] is NodeKind.MODEL_CALL:
        facts["response_id"] = response_id_of(said)
        facts["finish_reason"] = finish_of(said)
        facts["reasoning"] = reasoning_in(facts["output"])
    facts["text_visibility"] = visibility(facts, usage)


def _asked_for(rest: Attributes, asked: Body) -> str | None:
    # The parameters of a request are attributes of their own as well, under their own names.
    named = member_of(asked.value, "model") or value_of(rest.get("model"))
    return fact_text(named) if isinstance(named, str) else None


def _usage(rest: Attributes, facts: dict[str, Any], said: Body) -> Usage | None:
    api = value_of(rest.get(FORMAT)) or facts["provider"]
    apart = str(api).lower() in COUNT_APART
    # The object also has a total: it stays, as all that is only partly told by facts.
    return usage_in(value_of(rest.get(TOKENS)), cache_apart=apart) or usage_of(said)


def _take_word(rest: Attributes, name: str) -> str | None:
    value = value_of(rest.get(name))
    if not isinstance(value, str) or not value:
        return None
    word = fact_text(value)
    if word == value:
        del rest[name]
    return word
