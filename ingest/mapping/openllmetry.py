"""OpenLLMetry and the Traceloop SDK: spans of a program's parts (`traceloop.*`), and calls as they were
before 0.5 (`llm.request.type`, `gen_ai.prompt.N.*`).

Source: the package `opentelemetry-semantic-conventions-ai` and its MIGRATION page. Since then calls
follow the GenAI convention and are read by it alone; vector databases' spans are still its own.
"""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping import genai
from ingest.mapping.content import MAX_READ_CHARS, parse, reasoning_in
from ingest.mapping.entity import take_entity
from ingest.mapping.indexed_messages import take_indexed
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import dump, fact_text, take_fact
from ingest.mapping.usage import OPENLLMETRY, take_usage
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "openllmetry"

SPAN_KIND, REQUEST_TYPE = "traceloop.span.kind", "llm.request.type"
PROMPTS = ("gen_ai.prompt.", "llm.prompts.")
COMPLETIONS = ("gen_ai.completion.", "llm.completions.")
MESSAGE = re.compile(r"(?:gen_ai\.prompt|gen_ai\.completion|llm\.prompts|llm\.completions)\.\d")
"""One of several; GenAI has names of its own under `gen_ai.prompt.`."""

LOOK_UPS = (
    "db.vector.query.",
    "db.search.",
    "db.chroma.query.",
    "db.chroma.get.",
    "db.marqo.search.",
    "db.milvus.query.",
    "db.milvus.search.",
    "db.milvus.get.",
    "pinecone.query.",
    "qdrant.search",
)
"""How the names begin that a vector database's span has only when something is looked up."""

KINDS = {
    "workflow": NodeKind.STEP,
    "task": NodeKind.STEP,
    "agent": NodeKind.AGENT,
    "tool": NodeKind.TOOL_CALL,
}
REQUESTS = {
    "chat": NodeKind.MODEL_CALL,
    "completion": NodeKind.MODEL_CALL,
    "embedding": NodeKind.RETRIEVAL,
    "rerank": NodeKind.RETRIEVAL,
}
OPERATIONS = {"vector_db_retrieve": NodeKind.RETRIEVAL, "rerank": NodeKind.RETRIEVAL}
"""Names of operations that are OpenLLMetry's own."""

CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
MODELS = ("gen_ai.response.model", "llm.response.model")
MODELS_ASKED_FOR = ("gen_ai.request.model", "llm.request.model")
TOOL_OUTPUT = ('"tool_name"', '"raw_output"')
FINISH = ("llm.response.finish_reason", "llm.response.stop_reason", "gen_ai.response.finish_reason")

PROVIDERS = {
    "alephalpha": "aleph_alpha",
    "aws": "aws.bedrock",
    "azure": "azure.ai.openai",
    "google": "gcp.gen_ai",
    "huggingface": "hugging_face",
    "mistralai": "mistral_ai",
    "togetherai": "together_ai",
    "vertexai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
}
"""What `gen_ai.system` was before 0.5, in small letters → what it is since; others changed letters only."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record has what only this convention writes, or what its calls once were."""
    if SPAN_KIND in keys or REQUEST_TYPE in keys or "traceloop.entity.input" in keys:
        return True
    return any(key.startswith(LOOK_UPS) or MESSAGE.match(key) is not None for key in keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    asked = take_indexed(rest, PROMPTS, "user")
    said = take_indexed(rest, COMPLETIONS, "assistant")
    is_old = REQUEST_TYPE in rest or asked is not None or said is not None
    kind = kind_of(rest, is_old=is_old)
    ran = _tool_that_ran(rest) if kind is NodeKind.STEP else None
    kind = NodeKind.TOOL_CALL if ran else kind
    facts: dict[str, Any] = {"node_kind": kind}
    if kind is NodeKind.MODEL_CALL and not is_old:
        return facts  # GenAI's rules read the rest.
    facts["input"] = take_entity(rest, "input") if asked is None else dump(asked)
    facts["output"] = take_entity(rest, "output") if said is None else dump(said)
    if kind in CALLS and is_old:
        _fill_call(rest, facts, said or [])
    elif kind is NodeKind.TOOL_CALL:
        facts["tool"] = ran or _tool(rest, record)
    elif kind is not NodeKind.RETRIEVAL:
        # Sums of what is under it: they have no basis of their own.
        facts["usage"] = take_usage(rest, OPENLLMETRY)
    return facts


def kind_of(attributes: Attributes, *, is_old: bool) -> NodeKind:
    """Return the kind that is named; a call that a framework calls a task is the call."""
    request = REQUESTS.get(str(attributes.get(REQUEST_TYPE)))
    if request is not None:
        return request
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str):
        kind = OPERATIONS.get(operation) or genai.kind_of(attributes)
        if kind in CALLS:
            return kind
    named = attributes.get(SPAN_KIND)
    if is_old and named in (None, "task"):
        return NodeKind.MODEL_CALL
    if named is not None:
        return KINDS.get(str(named).lower(), NodeKind.STEP)
    looks_up = any(key.startswith(LOOK_UPS) for key in attributes)
    return NodeKind.RETRIEVAL if looks_up else NodeKind.STEP


def _fill_call(rest: Attributes, facts: dict[str, Any], said: list[Any]) -> None:
    # The model asked for stays an attribute: it tells an alias from what was served.
    asked_for = (fact_text(rest.get(name)) for name in MODELS_ASKED_FOR)
    facts["model"] = take_fact(rest, *MODELS) or next(filter(None, asked_for), None)
    facts["provider"] = _provider(rest)
    facts["response_id"] = take_fact(rest, "gen_ai.response.id")
    facts["finish_reason"] = _finish(rest, said)
    facts["reasoning"] = reasoning_in(facts["output"])
    usage = take_usage(rest, OPENLLMETRY)
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["text_visibility"] = visibility(facts, usage)


def _provider(rest: Attributes) -> str | None:
    for name in ("gen_ai.provider.name", "gen_ai.system", "llm.vendor"):
        named = rest.get(name)
        if isinstance(named, str) and named:
            small = named.lower()
            provider = fact_text(PROVIDERS.get(small, small))
            if provider == named:
                del rest[name]
            return provider
    return None


def _finish(rest: Attributes, said: list[Any]) -> str | None:
    reasons = [each.get("finish_reason") for each in said]
    if reasons and all(isinstance(reason, str) and reason for reason in reasons):
        return fact_text(",".join(reasons))
    return take_fact(rest, *FINISH)


def _tool(rest: Attributes, record: Source) -> str | None:
    named = take_fact(rest, "traceloop.entity.name")
    if rest.get("gen_ai.tool.name") == named:
        rest.pop("gen_ai.tool.name", None)
    return named or take_fact(rest, "gen_ai.tool.name") or fact_text(record.name)


def _tool_that_ran(attributes: Attributes) -> str | None:
    """Return the tool whose output LlamaIndex gives as a task's, `{"tool_name", "raw_output", …}`; else None."""
    said = attributes.get("traceloop.entity.output")
    if not isinstance(said, str) or any(name not in said for name in TOOL_OUTPUT):
        return None
    value = parse(said) if len(said) <= MAX_READ_CHARS else None
    named = value.get("tool_name") if isinstance(value, dict) and "raw_output" in value else None
    return fact_text(named) if isinstance(named, str) else None
