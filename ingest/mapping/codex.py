"""Spans of the Codex CLI (`codex.*`, and every span under its instrumentation scope).

Source: `codex-rs/core` and `codex-rs/otel`. They are Rust functions, hundreds a turn, and hardly any is more than a
step. A turn is an agent, and states the sums of its calls. Tokens of a call stand on the step that reads the end of its
response; the call is the stream around it. Neither names the model, so these calls have no price. What was asked,
answered and done is told by logs, and partly by events of spans: `agent_events`.
"""

from __future__ import annotations

from typing import Any

from deliberation.events import Event, NodeObserved
from deliberation.vocabulary import CostBasis, NodeKind, TextVisibility
from ingest.mapping.agent_events import counts_id
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import fact_text, take_fact
from ingest.mapping.usage import Names, take_usage
from ingest.wire.span import Attributes, Span

NAME = "codex"

TURN: Names = {
    "input": ("codex.turn.token_usage.input_tokens",),
    "output": ("codex.turn.token_usage.output_tokens",),
    "cache_read": ("codex.turn.token_usage.cached_input_tokens",),
    "cache_write": ("codex.turn.token_usage.cache_write_input_tokens",),
    "reasoning": ("codex.turn.token_usage.reasoning_output_tokens",),
}
RESPONSE: Names = {
    "input": ("gen_ai.usage.input_tokens",),
    "output": ("gen_ai.usage.output_tokens",),
    "cache_read": ("gen_ai.usage.cache_read.input_tokens",),
    "cache_write": (
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
    ),
    "reasoning": ("codex.usage.reasoning_output_tokens",),
}
SUMMED, COUNTED = (
    frozenset(name for names in each.values() for name in names) for each in (TURN, RESPONSE)
)


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record is Codex's, by its scope or by a name of its own."""
    return scope.startswith("codex") or any(key.startswith("codex.") for key in keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    sums = None if SUMMED.isdisjoint(rest) else take_usage(rest, TURN)
    if sums is None:
        return {"node_kind": NodeKind.STEP}
    return {"node_kind": NodeKind.AGENT, "usage": sums, "model": take_fact(rest, "model")}


def of_the_call(span: Span, facts: dict[str, Any], run: str) -> list[Event]:
    """Return what the end of a response says of the call that it ends: the parent of the step that reads it."""
    if span.parent_id is None or COUNTED.isdisjoint(span.attributes):
        return []
    usage = take_usage(span.attributes.copy(), RESPONSE)
    if usage is None:
        return []
    return [
        NodeObserved(
            run=run,
            key=f"{span.digest}:t",
            at=span.ended_at,
            node=span.parent_id,
            node_kind=NodeKind.MODEL_CALL,
            usage=usage,
            cost_basis=CostBasis.MEASURED,
            response_id=counts_id(usage),
            instrumentation=fact_text(span.origin.scope_name),
            text_visibility=TextVisibility.NONE,
        )
    ]
