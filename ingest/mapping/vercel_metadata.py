"""What providers say of a request in the Vercel AI SDK's `ai.response.providerMetadata`, JSON text.

    {"openai": {"cachedPromptTokens": 3, "reasoningTokens": 5}, "gateway": {"cost": "0.0012"}}

Before the SDK had fields for cached and reasoning tokens they stood here alone, and money that was
billed still does. The text stays an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from deliberation.vocabulary import Cost, CostProvenance
from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.mapping.take import as_amount, as_count
from ingest.wire.span import Attributes

METADATA = ("ai.response.providerMetadata", "ai.result.providerMetadata")

Part = Literal["cache_read", "cache_write", "reasoning"]
Way = tuple[str, ...]


class Place(NamedTuple):
    """Where a provider's metadata has tokens of a class."""

    part: Part
    way: Way


PLACES = (
    Place("cache_read", ("anthropic", "usage", "cache_read_input_tokens")),
    Place("cache_read", ("anthropic", "cacheReadInputTokens")),
    Place("cache_read", ("bedrock", "usage", "cacheReadInputTokens")),
    Place("cache_read", ("openai", "cachedPromptTokens")),
    Place("cache_read", ("azure", "cachedPromptTokens")),
    Place("cache_read", ("deepseek", "promptCacheHitTokens")),
    Place("cache_read", ("openrouter", "usage", "promptTokensDetails", "cachedTokens")),
    Place("cache_read", ("google", "usageMetadata", "cachedContentTokenCount")),
    Place("cache_read", ("vertex", "usageMetadata", "cachedContentTokenCount")),
    Place("cache_write", ("anthropic", "usage", "cache_creation_input_tokens")),
    Place("cache_write", ("anthropic", "cacheCreationInputTokens")),
    Place("cache_write", ("bedrock", "usage", "cacheWriteInputTokens")),
    Place("reasoning", ("openai", "reasoningTokens")),
    Place("reasoning", ("azure", "reasoningTokens")),
    Place("reasoning", ("openrouter", "usage", "completionTokensDetails", "reasoningTokens")),
    Place("reasoning", ("google", "usageMetadata", "thoughtsTokenCount")),
    Place("reasoning", ("vertex", "usageMetadata", "thoughtsTokenCount")),
)
COSTS: tuple[Way, ...] = (("gateway", "cost"), ("openrouter", "usage", "cost"))
"""US dollars, as debited."""

APART = ("anthropic", "bedrock")
"""Providers whose APIs count what came from a cache or went into it apart from the input."""
RAW_INPUT = ("anthropic", "usage", "input_tokens")
RAW_OUTPUTS: tuple[Way, ...] = (
    ("google", "usageMetadata", "candidatesTokenCount"),
    ("vertex", "usageMetadata", "candidatesTokenCount"),
)
"""Figures of Gemini's API, which counts thoughts apart from the output."""


def metadata_of(attributes: Attributes) -> dict[str, Any]:
    """Return what providers said; empty where there is nothing, or nothing that can be read."""
    text = next((attributes[name] for name in METADATA if name in attributes), None)
    if not isinstance(text, str) or len(text) > MAX_READ_CHARS:
        return {}
    said = parse(text)
    return said if isinstance(said, dict) else {}


def part_in(metadata: dict[str, Any], part: Part) -> int | None:
    """Return the tokens of a class that a provider states, or None."""
    ways = (place.way for place in PLACES if place.part == part)
    return next(
        (count for way in ways if (count := as_count(_at(metadata, way))) is not None), None
    )


def counts_cache_apart(metadata: dict[str, Any], entered: int) -> bool:
    """True when an input of `entered` tokens cannot contain the cached ones.

    Where the provider's own figure is there, equality with it decides: later versions of the SDK add
    the cached tokens up themselves.
    """
    if not any(name in metadata for name in APART):
        return False
    own = as_count(_at(metadata, RAW_INPUT))
    return own is None or own == entered


def counts_reasoning_apart(metadata: dict[str, Any], came_out: int) -> bool:
    """True when an output of `came_out` tokens is the one that a provider states beside its thoughts."""
    return any(as_count(_at(metadata, way)) == came_out for way in RAW_OUTPUTS)


def reported_cost(metadata: dict[str, Any]) -> Cost | None:
    """Return what a gateway says that it charged, in US dollars."""
    found: Iterable[Any] = (as_amount(_at(metadata, way)) for way in COSTS)
    amount = next((each for each in found if each is not None), None)
    return None if amount is None else Cost(amount=amount, provenance=CostProvenance.REPORTED)


def _at(value: Any, way: Way) -> Any:
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value
