"""What Pydantic Logfire writes: calls of its instrumentations of providers' SDKs, and messages and levels on any span.

Source: `logfire/_internal/constants.py` and `integrations/llm_providers`. A call has its whole request and what is left
of its response as JSON text (`request_data`, `response_data`), some of GenAI's names beside, and in many versions no
word for what it is. A stream is told by two spans: the request's, which ends when the stream begins and has no
response, and a log when it ends. The log is the call; a request that failed is one too, as no log follows.

A span's name is the template of its message: the message itself says more, and the template stays.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind, Usage
from ingest.mapping import genai
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.content import reasoning_in
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import completed, usage_in
from ingest.mapping.take import as_count, dump, fact_text
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes, Span
from traces.conversation import message_of, messages_of

NAME = "logfire"
CALL = "logfire-llm"

REQUEST, RESPONSE = "request_data", "response_data"
TYPE, TEMPLATE, MESSAGE = "logfire.span_type", "logfire.msg_template", "logfire.msg"
LEVEL, ERROR_LEVEL = "logfire.level_num", 17
SCOPE = "logfire."
"""Begins the scopes of its instrumentations; the provider's name follows."""

ASKED_FOR = "gen_ai.request.model"
ANSWERS = frozenset({"gen_ai.response.id", "gen_ai.response.model", "gen_ai.output.messages"})
EMBEDS = ("encoding_format", "dimensions")
"""Parameters that only a request to an embedding model has."""

CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)


def recognises_call(keys: Keys, scope: str) -> bool:
    """True when a record is a call with its request."""
    return REQUEST in keys and (TYPE in keys or scope.startswith(SCOPE))


def recognises(keys: Keys, scope: str) -> bool:
    """True when any other span has a message."""
    return (MESSAGE in keys or TYPE in keys) and not recognises_call(keys, scope)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the message as the name of a span whose name is its template."""
    return {"node_kind": NodeKind.STEP, "name": message_of_template(rest, record)}


def fill_call(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a call's attributes, taken out of `rest`."""
    request, response = value_of(rest.get(REQUEST)), value_of(rest.get(RESPONSE))
    kind = _kind(rest, record, request, response)
    facts = {
        **genai.fill(rest, record),
        "node_kind": kind,
        "name": message_of_template(rest, record),
    }
    if facts.get("input") is None:
        facts["input"] = _asked(request)
    if kind not in CALLS:
        return facts
    facts["model"] = facts.get("model") or _word(member_of(request, "model"))
    facts["provider"] = facts.get("provider") or _provider(record)
    if facts.get("output") is None:
        facts["output"] = _said(response)
    facts["reasoning"] = facts.get("reasoning") or reasoning_in(facts["output"])
    usage = _usage(facts.get("usage"), member_of(response, "usage"))
    facts["usage"], facts["cost_basis"] = usage, CostBasis.MEASURED if usage is not None else None
    facts["text_visibility"] = visibility(facts, usage)
    return facts


def has_failed(attributes: Attributes) -> bool:
    """True when a span is of the level of errors: a log of one has no other sign."""
    level = attributes.get(LEVEL)
    return level is not None and (as_count(level) or 0) >= ERROR_LEVEL


def error_of(attributes: Attributes) -> str | None:
    """Return the message of a span that is of the level of errors; None where it is of another."""
    message = attributes.get(MESSAGE) if has_failed(attributes) else None
    return message if isinstance(message, str) and message else None


def _kind(rest: Attributes, record: Source, request: Any, response: Any) -> NodeKind:
    failed = has_failed(rest) or (isinstance(record, Span) and record.status_code == 2)
    if not failed and response is None and _opens_a_stream(rest, record, request):
        return NodeKind.STEP
    if "gen_ai.operation.name" in rest:
        return genai.kind_of(rest)
    embeds = isinstance(request, dict) and any(name in request for name in EMBEDS)
    if embeds or "embed" in str(member_of(request, "model")):
        return NodeKind.RETRIEVAL
    return NodeKind.MODEL_CALL


def _opens_a_stream(rest: Attributes, record: Source, request: Any) -> bool:
    """True for a request that says so; since 5.0 it is cut down to its model, and has ended without any answer."""
    if member_of(request, "stream") is not None:
        return member_of(request, "stream") is True
    has_ended = isinstance(record, Span) and record.ended_at is not None
    return has_ended and request == {"model": rest.get(ASKED_FOR)} and ANSWERS.isdisjoint(rest)


def message_of_template(attributes: Attributes, record: Source) -> str | None:
    """Return the message of a span whose name is its template."""
    message = attributes.get(MESSAGE)
    is_template = attributes.get(TEMPLATE) == record.name
    return message if is_template and isinstance(message, str) and message else None


def _asked(request: Any) -> str | None:
    messages = messages_of(request, "user")
    if messages is not None:
        return dump(messages)
    given = member_of(request, "input") or member_of(request, "prompt")
    return given if given is None or isinstance(given, str) else dump(given)


def _said(response: Any) -> str | None:
    """Return what is left of a response as messages; of streams that are not put together there is the text alone."""
    message = member_of(response, "message") or member_of(response, "combined_chunk_content")
    if message:
        return dump([message_of(message, "assistant")])
    messages = messages_of(response, "assistant")
    return None if messages is None else dump(messages)


def _provider(record: Source) -> str | None:
    scope = record.origin.scope_name
    return fact_text(scope.removeprefix(SCOPE)) if scope.startswith(SCOPE) else None


def _word(value: Any) -> str | None:
    return fact_text(value) if isinstance(value, str) else None


def _usage(known: Usage | None, stated: Any) -> Usage | None:
    """Return the usage of a call: what attributes say, and of the response's own what they do not."""
    # Anthropic's API gives no total, and leaves what was cached out of the input.
    apart = isinstance(stated, dict) and "total_tokens" not in stated
    return completed(known, usage_in(stated, cache_apart=apart))
