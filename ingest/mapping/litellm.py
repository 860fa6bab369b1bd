"""LiteLLM's own OpenTelemetry callback: GenAI's names, beside OpenLLMetry's of before 0.5, and what neither has.

    metadata.usage_object                    {'prompt_tokens': 9, …, 'prompt_tokens_details': {'cached_tokens': 4}}
    gen_ai.completion.0.function_call.name   tools that a message asks for, which its GenAI messages leave out

The first is the whole usage as Python writes it, the only place where cached and reasoning tokens are told.
Source: `litellm/integrations/opentelemetry.py`. It sums up what it charges as `gen_ai.cost.total_cost`.
"""

from __future__ import annotations

import ast
from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping import genai
from ingest.mapping.indexed_messages import take_indexed
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import completed, usage_in
from ingest.mapping.take import dump
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "litellm"
USAGE = "metadata.usage_object"
COMPLETIONS = ("gen_ai.completion.",)
NOTHING_SAID = '"parts":[]'
MAX_USAGE_CHARS = 4_096


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record has LiteLLM's own account of a call's usage, told or empty."""
    return USAGE in keys


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    asked_of_tools = take_indexed(rest, COMPLETIONS, "assistant")
    facts = genai.fill(rest, record)
    said = facts.get("output")
    if asked_of_tools and (said is None or NOTHING_SAID in said.replace(" ", "")):
        facts["output"] = dump(asked_of_tools)
    if facts["node_kind"] is NodeKind.MODEL_CALL:
        usage = completed(facts.get("usage"), usage_in(_literal(rest.get(USAGE))))
        facts["usage"], facts["text_visibility"] = usage, visibility(facts, usage)
    return facts


def _literal(text: Any) -> Any:
    """Return the value that text is as Python writes it, or None."""
    if not isinstance(text, str) or not text.startswith("{") or len(text) > MAX_USAGE_CHARS:
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
