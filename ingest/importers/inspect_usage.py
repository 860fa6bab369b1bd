"""Tokens and money of an Inspect model call (`inspect_ai/model/_model_output.py`, `ModelUsage`).

`{"input_tokens", "output_tokens", "total_tokens", "input_tokens_cache_read", "input_tokens_cache_write",
"reasoning_tokens", "total_cost"}`. By its documentation the input leaves out what was read from or written to the
cache, and reasoning is part of the output. Providers came to that at different times: early logs of OpenAI and Google
count the cache into the input, some of Google and Grok leave reasoning out of the output. The total that stands
beside tells which: it is a sum of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deliberation.vocabulary import Cost, Usage
from ingest.importers.agent_run import reported
from ingest.mapping.take import as_count


def usage_of(plain: Any) -> Usage | None:
    """Return the tokens of a call in inclusive classes; None where nobody counted.

    A local model without a counter is written as zeros, and no call takes no tokens.
    """
    if not isinstance(plain, Mapping):
        return None
    entered, came_out = as_count(plain.get("input_tokens")), as_count(plain.get("output_tokens"))
    read = as_count(plain.get("input_tokens_cache_read"))
    written = as_count(plain.get("input_tokens_cache_write"))
    thought = as_count(plain.get("reasoning_tokens"))
    if not any((entered, came_out, read, written, thought)):
        return None
    cache_apart, thought_apart = _counted_apart(
        as_count(plain.get("total_tokens")),
        (entered or 0) + (came_out or 0),
        (read or 0) + (written or 0),
        thought or 0,
    )
    return Usage(
        input=_with(entered, (read or 0) + (written or 0), is_apart=cache_apart),
        cache_read=read,
        cache_write=written,
        output=_with(came_out, thought or 0, is_apart=thought_apart),
        reasoning=thought,
    )


def cost_of(plain: Any) -> Cost | None:
    """Return what the log says a call cost, or None where it says nothing."""
    stated = plain.get("total_cost") if isinstance(plain, Mapping) else None
    return None if stated is None else reported(stated)


def _counted_apart(total: int | None, plain: int, cached: int, thought: int) -> tuple[bool, bool]:
    """Return whether the cache, and whether reasoning, is counted beside input and output.

    As documented where that fits, else whatever fits the total, else as documented.
    """
    for cache_apart, thought_apart in ((True, False), (False, False), (True, True), (False, True)):
        if total == plain + cached * cache_apart + thought * thought_apart:
            return cache_apart, thought_apart
    return True, False


def _with(count: int | None, part: int, *, is_apart: bool) -> int | None:
    """Return a class with its part, whichever way it was counted: a part is not larger than its whole."""
    if count is None:
        return part or None
    return count + part if is_apart or part > count else count
