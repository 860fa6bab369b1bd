"""Tokens as OpenAI's and Anthropic's APIs count them, in inclusive classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deliberation.vocabulary import Usage
from ingest.mapping.take import as_count
from ingest.mapping.usage import inclusive


def openai_usage(plain: Any) -> Usage | None:
    """Return the usage of a chat completion or a response: what was cached is part of the input already."""
    if not isinstance(plain, Mapping):
        return None
    entered = _first(plain, "prompt_tokens", "input_tokens")
    came_out = _first(plain, "completion_tokens", "output_tokens")
    given = _first(plain, "prompt_tokens_details", "input_tokens_details", counts=False)
    made = _first(plain, "completion_tokens_details", "output_tokens_details", counts=False)
    cached = as_count(given.get("cached_tokens")) if isinstance(given, Mapping) else None
    thought = as_count(made.get("reasoning_tokens")) if isinstance(made, Mapping) else None
    if entered is came_out is cached is thought is None:
        return None
    return inclusive(entered, came_out, cached, None, thought)


def anthropic_usage(plain: Any) -> Usage | None:
    """Return the usage of an Anthropic message: its input leaves out what was read from or written to the cache."""
    if not isinstance(plain, Mapping):
        return None
    fresh, came_out = as_count(plain.get("input_tokens")), as_count(plain.get("output_tokens"))
    read = as_count(plain.get("cache_read_input_tokens"))
    written = as_count(plain.get("cache_creation_input_tokens"))
    if fresh is came_out is read is written is None:
        return None
    entered = None if fresh is None else fresh + (read or 0) + (written or 0)
    return Usage(input=entered, cache_read=read, cache_write=written, output=came_out)


def _first(plain: Mapping[str, Any], *names: str, counts: bool = True) -> Any:
    found = (as_count(plain.get(name)) if counts else plain.get(name) for name in names)
    return next((each for each in found if each is not None), None)
