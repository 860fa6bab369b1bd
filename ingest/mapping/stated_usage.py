"""Tokens and money that a source states as one JSON object, in the shape of whatever API it called.

    OpenAI      {"prompt_tokens", "completion_tokens", "prompt_tokens_details": {"cached_tokens"}, …}
    Responses   {"input_tokens", "output_tokens", "output_tokens_details": {"reasoning_tokens"}, …}
    Anthropic   {"input_tokens", "output_tokens", "cache_read_input_tokens", …}: the cache counted apart
    Gemini      {"prompt_token_count", "candidates_token_count", "thoughts_token_count", …}: thoughts apart
    Bedrock     {"inputTokens", "outputTokens", "cacheReadInputTokens", …}: the cache counted apart
    LangChain   {"input_tokens", "output_tokens", "input_token_details": {"cache_read"}, …}

Sources: the providers' API references; `langchain_core.messages.ai.UsageMetadata`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deliberation.vocabulary import Cost, CostProvenance, Usage
from ingest.mapping.bodies import member_of
from ingest.mapping.take import as_amount, as_count
from ingest.mapping.usage import inclusive

Paths = dict[str, tuple[tuple[str, ...], ...]]

PATHS: Paths = {
    "input": (
        *(("input_tokens",), ("prompt_tokens",), ("input",), ("inputTokens",), ("promptTokens",)),
        *(("prompt_token_count",), ("promptTokenCount",), ("input_token_count",)),
        ("inputTokenCount",),
    ),
    "output": (
        *(("output_tokens",), ("completion_tokens",), ("output",), ("outputTokens",)),
        *(("completionTokens",), ("candidates_token_count",), ("candidatesTokenCount",)),
        *(("generated_token_count",), ("outputTokenCount",)),
    ),
    "cache_read": (
        ("prompt_tokens_details", "cached_tokens"),
        ("input_tokens_details", "cached_tokens"),
        ("input_token_details", "cache_read"),
        *(("cache_read_input_tokens",), ("cacheReadInputTokens",), ("cached_input_tokens",)),
        *(("cached_content_token_count",), ("cachedContentTokenCount",), ("cached_tokens",)),
        *(("cache_read_tokens",), ("cache_read",), ("prompt_cache_hit_tokens",)),
    ),
    "cache_write": (
        ("prompt_tokens_details", "cache_write_tokens"),
        ("input_tokens_details", "cache_write_tokens"),
        ("input_token_details", "cache_creation"),
        *(("cache_creation_input_tokens",), ("cacheWriteInputTokens",)),
        *(("cache_write_input_tokens",), ("cache_write_tokens",), ("cache_write",)),
    ),
    "reasoning": (
        ("completion_tokens_details", "reasoning_tokens"),
        ("output_tokens_details", "reasoning_tokens"),
        ("output_token_details", "reasoning"),
        *(("reasoning_tokens",), ("reasoning_output_tokens",), ("reasoning",)),
        *(("thoughts_token_count",), ("thoughtsTokenCount",)),
    ),
}
"""Token class → where it may stand, the best first."""

TOTALS = ("total_tokens", "total", "totalTokens", "total_token_count", "totalTokenCount")
COSTS = ("total", "total_cost")


def usage_in(stated: Any, *, cache_apart: bool = False) -> Usage | None:
    """Return the usage that an object states, made inclusive; None where it states none.

    A total that is just greater by a part shows that the part was counted apart. `cache_apart` is
    for sources that are known to count so and state no total that would show it.
    """
    if not isinstance(stated, dict):
        return None
    counts = {part: _count(stated, paths) for part, paths in PATHS.items()}
    if all(count is None for count in counts.values()):
        return None
    usage = Usage(**counts)
    totals = (as_count(stated.get(name)) for name in TOTALS)
    total = next((each for each in totals if each is not None), None)
    return _made_inclusive(usage, total, cache_apart=cache_apart)


def completed(known: Usage | None, stated: Usage | None) -> Usage | None:
    """Return what is known with the parts that another account of the same call states besides.

    It is of the same call, and counts the same way, where its totals are the same.
    """
    if known is None or stated is None:
        return known or stated
    entered = stated if stated.input == known.input else known
    came_out = stated if stated.output == known.output else known
    return replace(
        known,
        cache_read=_either(known.cache_read, entered.cache_read),
        cache_write=_either(known.cache_write, entered.cache_write),
        reasoning=_either(known.reasoning, came_out.reasoning),
    )


def cost_in(stated: Any) -> Cost | None:
    """Return the money that an object states, in US dollars: its total, else the sum of its parts."""
    if not isinstance(stated, dict):
        return None
    named = (as_amount(stated.get(name)) for name in COSTS)
    total = next((each for each in named if each is not None), None)
    if total is None:
        parts = [amount for each in stated.values() if (amount := as_amount(each)) is not None]
        total = as_amount(str(sum(parts))) if parts else None
    return None if total is None else Cost(amount=total, provenance=CostProvenance.REPORTED)


def _either(known: int | None, stated: int | None) -> int | None:
    return stated if known is None else known


def _count(stated: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> int | None:
    counts = (as_count(member_of(stated, *path)) for path in paths)
    return next((count for count in counts if count is not None), None)


def _made_inclusive(usage: Usage, total: int | None, *, cache_apart: bool) -> Usage:
    cached = (usage.cache_read or 0) + (usage.cache_write or 0)
    thought = usage.reasoning or 0
    entered, came_out = usage.input, usage.output
    if entered is not None and came_out is not None:
        beyond = 0 if total is None else total - entered - came_out
        if cached and (cache_apart or beyond in (cached, cached + thought)):
            entered += cached
        if thought and beyond in (thought, cached + thought):
            came_out += thought
        usage = replace(usage, input=entered, output=came_out)
    return inclusive(
        usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning
    )
