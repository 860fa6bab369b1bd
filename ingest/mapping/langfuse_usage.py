"""Tokens as Langfuse's observations state them (`langfuse.observation.usage_details`), made inclusive.

Its SDKs pass on the object that a provider's API gave, or write Langfuse's own buckets, which share nothing:

    {"input": 6, "input_cache_read": 4, "output": 2, "output_reasoning": 3}    10 in, 5 out

Flat names of Anthropic's beside `input` are buckets where the model is Anthropic's, as in Langfuse's
documentation; with others the numbers decide. Sources: `langfuse/langchain/CallbackHandler.py`
(`_parse_usage_model`), `langfuse/openai.py`, Langfuse's page on token and cost tracking.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import Usage
from ingest.mapping.stated_usage import usage_in
from ingest.mapping.take import as_count

TIERS = "priority"
"""What tells the tier of tokens that are counted elsewhere."""

READ = ("cache_read", "cached_tokens", "cached", "cache_read_input_tokens")
WRITTEN = (
    *("cache_creation", "cache_write", "cache_write_tokens"),
    *("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"),
)
THOUGHT = ("reasoning", "reasoning_tokens")
APART = ("claude", "anthropic")


def usage_of(details: Any, model: str | None) -> Usage | None:
    """Return the usage that an observation's details state; None where they state none."""
    if not isinstance(details, dict):
        return None
    entered, came_out = _buckets(details, "input"), _buckets(details, "output")
    apart = any(name in str(model).lower() for name in APART) and "input" in details
    usage = usage_in(details, cache_apart=apart)
    if not entered and not came_out:
        return usage
    base = usage or Usage()
    return Usage(
        input=_sum(base.input, entered),
        cache_read=_first(_part(entered, READ), base.cache_read),
        cache_write=_first(_part(entered, WRITTEN), base.cache_write),
        output=_sum(base.output, came_out),
        reasoning=_first(_part(came_out, THOUGHT), base.reasoning),
    )


def _buckets(details: dict[str, Any], side: str) -> dict[str, int]:
    """Return the buckets of one side by what follows the side's name; details of an API are none."""
    found = {}
    for name, value in details.items():
        kind = name.removeprefix(f"{side}_")
        count = None if isinstance(value, bool) else as_count(value)
        is_own = kind == name or kind in ("tokens", "token_count") or kind.startswith(TIERS)
        if not is_own and count is not None:
            found[kind] = count
    return found


def _sum(base: int | None, buckets: dict[str, int]) -> int | None:
    return base if base is None and not buckets else (base or 0) + sum(buckets.values())


def _part(buckets: dict[str, int], names: tuple[str, ...]) -> int | None:
    found = [buckets[name] for name in names if name in buckets]
    return sum(found) if found else None


def _first(stated: int | None, other: int | None) -> int | None:
    return other if stated is None else stated
