"""Tokens of a call, with inclusive semantics: cache ⊂ input, reasoning ⊂ output."""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import Usage
from ingest.mapping.take import take_count

Names = dict[str, tuple[str, ...]]
"""Token class → the attributes that may carry it, the best first."""

GENAI: Names = {
    "input": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "output": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "cache_read": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "gen_ai.usage.details.cache_read_tokens",
    ),
    "cache_write": (
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
        "gen_ai.usage.details.cache_write_tokens",
    ),
    "reasoning": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.thinking_tokens",
        "gen_ai.usage.details.reasoning_tokens",
        "ai.usage.outputTokenDetails.reasoningTokens",
    ),
}
"""The Vercel AI SDK adds its own name for reasoning from its seventh version on."""

SUMS: Names = {
    name: (f"gen_ai.aggregated_usage.{source}", *GENAI[name])
    for name, source in (
        ("input", "input_tokens"),
        ("output", "output_tokens"),
        ("cache_read", "cache_read.input_tokens"),
        ("cache_write", "cache_creation.input_tokens"),
        ("reasoning", "reasoning.output_tokens"),
    )
}
"""Of an agent or a workflow, which adds up the calls below it."""

OPENINFERENCE: Names = {
    "input": ("llm.token_count.prompt",),
    "output": ("llm.token_count.completion",),
    "cache_read": ("llm.token_count.prompt_details.cache_read",),
    "cache_write": ("llm.token_count.prompt_details.cache_write",),
    "reasoning": ("llm.token_count.completion_details.reasoning",),
}

OPENLLMETRY: Names = {
    **GENAI,
    "input": (*GENAI["input"], "llm.usage.prompt_tokens"),
    "output": (*GENAI["output"], "llm.usage.completion_tokens"),
}

VERCEL: Names = {
    "input": (
        "ai.usage.inputTokens",
        "ai.usage.promptTokens",
        "ai.usage.tokens",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
    ),
    "output": (
        "ai.usage.outputTokens",
        "ai.usage.completionTokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
    ),
    "cache_read": ("ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"),
    "cache_write": ("ai.usage.inputTokenDetails.cacheWriteTokens",),
    "reasoning": ("ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"),
}


def take_usage(rest: dict[str, Any], names: Names) -> Usage | None:
    """Return the usage that attributes report, taken out of `rest`; None where they report none.

    No call reads and writes nothing: where all are 0 the source did not know, and they stay.
    """
    if not any(rest.get(name) for group in names.values() for name in group):
        return None
    cache_read = take_count(rest, names["cache_read"])
    cache_write = take_count(rest, names["cache_write"])
    reasoning = take_count(rest, names["reasoning"])
    # A total that is not kept as reported stays an attribute as well.
    entered = take_count(rest, names["input"], least=(cache_read or 0) + (cache_write or 0))
    came_out = take_count(rest, names["output"], least=reasoning or 0)
    if entered is came_out is cache_read is cache_write is reasoning is None:
        return None
    return inclusive(entered, came_out, cache_read, cache_write, reasoning)


def inclusive(
    entered: int | None,
    came_out: int | None,
    cache_read: int | None,
    cache_write: int | None,
    reasoning: int | None,
) -> Usage:
    """Return the usage of a call, whichever way its source counts.

    A part larger than its whole shows that the source counts them apart; then they are added up.
    Sources that count apart and happen to have a small part cannot be told by numbers: their mapper
    adds up before it comes here.
    """
    cached = (cache_read or 0) + (cache_write or 0)
    if entered is not None and cached > entered:
        entered += cached
    if came_out is not None and reasoning is not None and reasoning > came_out:
        came_out += reasoning
    return Usage(
        input=entered,
        cache_read=cache_read,
        cache_write=cache_write,
        output=came_out,
        reasoning=reasoning,
    )
