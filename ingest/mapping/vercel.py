"""The Vercel AI SDK's own spans (`ai.operationId`), versions 3.3 to 7's legacy telemetry.

Source: the SDK's telemetry page, `ai-sdk.dev/docs/ai-sdk-core/telemetry`. A function of the SDK is an
outer span (`ai.generateText`), each request that it makes to a model an inner one (`….doGenerate`,
`….doStream`, `….doEmbed`, `….doRerank`), each tool it runs an `ai.toolCall`. The outer span is the
agent — the SDK's seventh version calls it `invoke_agent` — and repeats the sums of what is under it:
its usage has no basis of its own. A request that is tried again is a further inner span.
"""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import fact_text, take_fact, take_text
from ingest.mapping.vercel_messages import LOOKED_UP, put_prompt, put_response, take_looked_up
from ingest.mapping.vercel_metadata import metadata_of, reported_cost
from ingest.mapping.vercel_usage import take_call_usage, take_sums
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "vercel"

OPERATION = "ai.operationId"
EVIDENCE = frozenset({OPERATION, "ai.model.id", "ai.response.finishReason", "ai.toolCall.name"})
REQUEST = re.compile(r"ai\.(\w+)\.do[A-Z]\w*")
FUNCTION = re.compile(r"ai\.(?:generate|stream)\w+")
LOOK_UPS = ("embed", "embedMany", "rerank")
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)

PROVIDERS = {
    "amazon-bedrock": "aws.bedrock",
    "bedrock": "aws.bedrock",
    "azure": "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    "google.generative-ai": "gcp.gemini",
    "google.vertex": "gcp.vertex_ai",
    "googleVertex": "gcp.vertex_ai",
    "vertex": "gcp.vertex_ai",
    "mistral": "mistral_ai",
    "togetherai": "together_ai",
    "xai": "x_ai",
}
"""The SDK's name, or its first parts → OpenTelemetry's; others are their first part (`openai.chat`)."""

TWINS = {
    "gen_ai.system": "ai.model.provider",
    "gen_ai.request.model": "ai.model.id",
    "gen_ai.response.model": "ai.response.model",
    "gen_ai.response.id": "ai.response.id",
}
"""What a request's span says a second time in GenAI's names → where it says it first."""

SAID_OTHERWISE = ("gen_ai.completion.", "gen_ai.output.messages", "llm.output_messages.")
"""Where processors of other conventions, which rewrite the SDK's spans, put what came out."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record carries the SDK's names, even one whose operation was cut."""
    return not EVIDENCE.isdisjoint(keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    operation = rest.get(OPERATION) or record.name
    kind = kind_of(operation)
    facts: dict[str, Any] = {"node_kind": kind}
    if kind is NodeKind.TOOL_CALL:
        facts["tool"] = take_fact(rest, "ai.toolCall.name")
        facts["input"] = take_text(rest, "ai.toolCall.args", "ai.toolCall.input")
        facts["output"] = take_text(rest, "ai.toolCall.result", "ai.toolCall.output")
        return facts
    _drop_twins(rest)
    _put_content(rest, facts)
    _put_model(rest, facts)
    if kind in CALLS:
        _put_request(rest, facts)
    else:
        facts["usage"] = take_sums(rest)
    return facts


def kind_of(operation: Any) -> NodeKind:
    """Return what an operation is by the pattern of its name; later versions add further ones."""
    if not isinstance(operation, str):
        return NodeKind.STEP
    if operation == "ai.toolCall":
        return NodeKind.TOOL_CALL
    request = REQUEST.fullmatch(operation)
    if request is not None:
        return NodeKind.RETRIEVAL if request.group(1) in LOOK_UPS else NodeKind.MODEL_CALL
    return NodeKind.AGENT if FUNCTION.fullmatch(operation) else NodeKind.STEP


def provider_of(named: str) -> str:
    """Return who serves a model, of a name like `openai.responses` or `google.vertex.chat`."""
    parts = named.split(".")
    for count in (2, 1):
        known = PROVIDERS.get(".".join(parts[:count]))
        if known is not None:
            return known
    return parts[0]


def _put_model(rest: Attributes, facts: dict[str, Any]) -> None:
    # The model asked for stays an attribute: it tells an alias from what was served.
    facts["model"] = take_fact(rest, "ai.response.model") or fact_text(rest.get("ai.model.id"))
    named = rest.get("ai.model.provider")
    if isinstance(named, str) and named:
        facts["provider"] = fact_text(provider_of(named))
        if facts["provider"] == named:
            del rest["ai.model.provider"]


def _put_request(rest: Attributes, facts: dict[str, Any]) -> None:
    metadata = metadata_of(rest)
    facts["response_id"] = take_fact(rest, "ai.response.id")
    usage = take_call_usage(rest, metadata)
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    # On an outer span the metadata is that of its last request alone.
    facts["cost"] = reported_cost(metadata)
    if facts.get("output") is not None or not any(key.startswith(SAID_OTHERWISE) for key in rest):
        facts["text_visibility"] = visibility(facts, usage)


def _put_content(rest: Attributes, facts: dict[str, Any]) -> None:
    if any(name in rest for name in LOOKED_UP):
        facts["input"] = take_looked_up(rest)
        facts["output"] = take_text(rest, "ai.ranking")
        return
    facts["finish_reason"] = _finish(rest)
    put_prompt(rest, facts)
    put_response(rest, facts)


def _finish(rest: Attributes) -> str | None:
    reason = take_fact(rest, "ai.response.finishReason", "ai.finishReason")
    if reason is not None and rest.get("gen_ai.response.finish_reasons") in ([reason], reason):
        del rest["gen_ai.response.finish_reasons"]
    return reason


def _drop_twins(rest: Attributes) -> None:
    for twin, name in TWINS.items():
        if twin in rest and isinstance(rest[twin], str) and rest[twin] == rest.get(name):
            del rest[twin]
