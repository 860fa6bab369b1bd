"""Tokens as the Vercel AI SDK's spans state them, made inclusive.

The names changed with the versions (4: promptTokens; 5: inputTokens; 6: inputTokenDetails.*), and so
did the meaning. The sixth counts like this house does. Before it, the figures were the provider's
own: Anthropic and Bedrock leave the cached tokens out of the input, Gemini and Grok the reasoning out
of the output. Two things tell which: the total, where the provider stated it, and its metadata.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deliberation.vocabulary import Usage
from ingest.mapping.take import as_count
from ingest.mapping.usage import VERCEL, inclusive
from ingest.mapping.vercel_metadata import counts_cache_apart, counts_reasoning_apart, part_in
from ingest.wire.span import Attributes

TOTAL = "ai.usage.totalTokens"
DETAILS = "ai.usage.inputTokenDetails."
SAYS_INCLUSIVE = tuple(DETAILS + name for name in ("noCacheTokens", "cacheReadTokens"))


def take_call_usage(rest: Attributes, metadata: dict[str, Any]) -> Usage | None:
    """Return a request's usage, taken out of `rest` where it is kept as stated."""
    stated = _stated(rest)
    if stated is None:
        return None
    usage = replace(
        stated,
        cache_read=_first(stated.cache_read, part_in(metadata, "cache_read")),
        cache_write=_first(stated.cache_write, part_in(metadata, "cache_write")),
        reasoning=_first(stated.reasoning, part_in(metadata, "reasoning")),
    )
    if not any(name in rest for name in SAYS_INCLUSIVE):
        usage = _made_inclusive(usage, as_count(rest.get(TOTAL)), metadata)
    return _take(rest, _checked(usage))


def take_sums(rest: Attributes) -> Usage | None:
    """Return the sums that an outer span repeats; they say less of how they are to be read."""
    stated = _stated(rest)
    return None if stated is None else _take(rest, _checked(stated))


def _stated(rest: Attributes) -> Usage | None:
    counts = {name: _count(rest, names) for name, names in VERCEL.items()}
    return None if all(count is None for count in counts.values()) else Usage(**counts)


def _count(rest: Attributes, names: tuple[str, ...]) -> int | None:
    counts = (as_count(rest[name]) for name in names if name in rest)
    return next((count for count in counts if count is not None), None)


def _made_inclusive(usage: Usage, total: int | None, metadata: dict[str, Any]) -> Usage:
    """Add to the input and the output those of their parts that were counted apart from them."""
    entered, came_out = usage.input, usage.output
    cached = (usage.cache_read or 0) + (usage.cache_write or 0)
    thought = usage.reasoning or 0
    if entered is None:
        return usage
    beyond = 0 if total is None or came_out is None else total - entered - came_out
    if cached and (beyond in (cached, cached + thought) or counts_cache_apart(metadata, entered)):
        entered += cached
    if thought and came_out is not None:
        is_beyond = beyond in (thought, cached + thought)
        if is_beyond or counts_reasoning_apart(metadata, came_out):
            came_out += thought
    return replace(usage, input=entered, output=came_out)


def _checked(usage: Usage) -> Usage:
    return inclusive(
        usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning
    )


def _take(rest: Attributes, usage: Usage) -> Usage:
    """Take out what the usage says exactly, and what says again what stays or is said."""
    for part, names in VERCEL.items():
        first = None
        for name in [name for name in names if name in rest]:
            count = as_count(rest[name])
            if count is not None and count in (first, getattr(usage, part)):
                del rest[name]
            elif first is None:
                first = count
    return usage


def _first(stated: int | None, other: int | None) -> int | None:
    return other if stated is None else stated
