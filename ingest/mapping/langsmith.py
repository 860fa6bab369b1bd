"""LangSmith's runs as spans (`langsmith.*`), as its SDKs for Python and JavaScript export them.

Source: `langsmith/_internal/otel/_otel_exporter.py` and `js/src/experimental/otel/translator.ts`. A run's
inputs and outputs are one JSON text each, `gen_ai.prompt` and `gen_ai.completion`: LangChain's own dumps
for its models, whatever a program gave for others. The SDK writes GenAI's names beside, derived from the run:
a prompt template is called a `chat` there, a look-up `embeddings`. What kind a run is, its own word says.
Counts are LangChain's: the cache is part of the input, reasoning part of the output.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.bodies import Body, member_of, take_body
from ingest.mapping.content import reasoning_in
from ingest.mapping.langchain_provider import provider_of
from ingest.mapping.langsmith_usage import reported_cost, take_call_usage
from ingest.mapping.response_bodies import finish_of, model_of, response_id_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import dump, fact_text, take_fact
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "langsmith"
BESIDE = "langsmith-beside-genai"

SCOPE = "langsmith"
KIND, RUN_NAME = "langsmith.span.kind", "langsmith.trace.name"
INPUTS, OUTPUTS = "gen_ai.prompt", "gen_ai.completion"
AGENT_NAME = "langsmith.metadata.lc_agent_name"
PROVIDER, SYSTEM = "langsmith.metadata.ls_provider", "gen_ai.system"
ASKED_FOR = ("gen_ai.request.model", "langsmith.metadata.ls_model_name")

KINDS = {
    "llm": NodeKind.MODEL_CALL,
    "tool": NodeKind.TOOL_CALL,
    "retriever": NodeKind.RETRIEVAL,
    "embedding": NodeKind.RETRIEVAL,
}
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
SPOKEN = (NodeKind.MODEL_CALL, NodeKind.AGENT)
ALONE = ("input", "output", "query", "documents")
"""Members in which LangChain puts what is no object itself."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record is a run: one that the SDK exported, or one that is told in its way."""
    is_run = KIND in keys or RUN_NAME in keys
    return is_run and (scope == SCOPE or INPUTS in keys or OUTPUTS in keys)


def recognises_kind(keys: Keys, scope: str) -> bool:
    """True when a program set the kind of run on a span of another convention."""
    return KIND in keys and not recognises(keys, scope)


def fill_kind(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the kind alone: the other convention tells the rest."""
    return {"node_kind": kind_of(rest)}


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    kind = kind_of(rest)
    facts: dict[str, Any] = {"node_kind": kind}
    speaks = kind in SPOKEN
    asked = _take(rest, INPUTS, "user" if speaks else None)
    said = _take(rest, OUTPUTS, "assistant" if speaks else None)
    facts["input"], facts["output"] = asked.text, said.text
    if kind is NodeKind.TOOL_CALL:
        facts["tool"] = take_fact(rest, "gen_ai.tool.name") or fact_text(record.name)
    elif kind in CALLS:
        _fill_call(rest, facts, said)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind of a run; a chain that has an agent's name is that agent."""
    named = str(attributes.get(KIND)).lower()
    agent = attributes.get(AGENT_NAME)
    if named == "chain" and agent is not None and agent == attributes.get(RUN_NAME):
        return NodeKind.AGENT
    return KINDS.get(named, NodeKind.STEP)


def _fill_call(rest: Attributes, facts: dict[str, Any], said: Body) -> None:
    # The model asked for stays an attribute: it tells an alias from what was served.
    asked_for = (fact_text(rest.get(name)) for name in ASKED_FOR)
    served = take_fact(rest, "gen_ai.response.model") or model_of(said)
    facts["model"] = served or next(filter(None, asked_for), None)
    facts["provider"] = provider_of(rest.get(PROVIDER)) or provider_of(rest.get(SYSTEM))
    usage = take_call_usage(rest, said)
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["cost"] = reported_cost(rest, said)
    if facts["node_kind"] is NodeKind.MODEL_CALL:
        facts["response_id"] = take_fact(rest, "gen_ai.response.id") or response_id_of(said)
        ended = take_fact(rest, "gen_ai.response.finish_reasons")
        facts["finish_reason"] = ended or finish_of(said)
        facts["reasoning"] = reasoning_in(facts["output"])
    facts["text_visibility"] = visibility(facts, usage)


def _take(rest: Attributes, name: str, role: str | None) -> Body:
    """Return a run's inputs or outputs, out of the member in which they stand alone."""
    given = rest.get(name)
    body = take_body(rest, name, role)
    inner = None if body.messages else _alone_in(body.value)
    if inner is None:
        return body
    content = member_of(inner, "content")
    if isinstance(content, str):
        rest[name] = given  # A tool's message: it says more than its text.
        return Body(content, body.value, [])
    return Body(inner if isinstance(inner, str) else dump(inner), body.value, [])


def _alone_in(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [(member, inner)] = value.items()
    return inner if member in ALONE else None
