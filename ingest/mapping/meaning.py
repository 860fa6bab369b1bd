"""What an attribute means, by the words of its name: a closed set of rules, and no names of clients.

Conventions that nobody here has heard of still call a model a model: `acme.llm.modelName`, `request.model_id`. A name
is taken apart into words (at dots, underscores and capitals), and its last words decide. Names to which OpenTelemetry
gives a fixed meaning of its own (`http.*`, `db.*`, `rpc.*`, …) say nothing here, but the statement of a database.
"""

from __future__ import annotations

import re
from enum import StrEnum

MAX_NAME_CHARS = 200
MAX_REMEMBERED = 16_384

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Meaning(StrEnum):
    """What a value stands for. Texts, which are hashed three times as fast as other members are."""

    KIND = "kind"
    """What sort of work it was, if it is one of the words for it."""
    MODEL_SERVED = "model_served"
    """The model that answered."""
    MODEL = "model"
    """The model that was asked for, or simply the model."""
    PROVIDER = "provider"
    """Who served the model."""
    INPUT_TOKENS = "input_tokens"
    """Tokens that went in."""
    OUTPUT_TOKENS = "output_tokens"
    """Tokens that came out."""
    CACHE_READ_TOKENS = "cache_read_tokens"
    """Tokens of the input that came from a cache."""
    CACHE_WRITE_TOKENS = "cache_write_tokens"
    """Tokens of the input that went into a cache."""
    REASONING_TOKENS = "reasoning_tokens"
    """Tokens of the output that were thought."""
    COST = "cost"
    """Money, in US dollars by its name."""
    ASKED = "asked"
    """What was said to a model, or given to a function."""
    SAID = "said"
    """What a model said, or a function gave back."""
    TOOL = "tool"
    """The name of a tool."""
    ARGUMENTS = "arguments"
    """What a tool was called with."""
    RESULT = "result"
    """What a tool gave back."""
    PASSED = "passed"
    """What one part of a program passed to another, if it is an object; a text under such a name may be a remark."""
    STATEMENT = "statement"
    """What a database was asked."""
    TRANSPORT = "transport"
    """Nothing more than that there was a request of some protocol."""


TRANSPORT = frozenset(
    {"http", "url", "db", "rpc", "messaging", "net", "network", "faas", "graphql"}
)
FIXED = frozenset(
    {
        *("aws", "browser", "client", "cloud", "code", "container", "device", "enduser", "error"),
        *("exception", "host", "k", "k8s", "os", "otel", "peer", "process", "server", "service"),
        *("source", "telemetry", "thread", "user"),
    }
)
"""First words of OpenTelemetry's own names that mean something else than their last words do elsewhere."""

STATEMENTS = frozenset({("db", "query", "text"), ("db", "statement")})

TAILS: dict[tuple[str, ...], Meaning] = {
    **dict.fromkeys(
        [
            *(("span", "kind"), ("span", "type"), ("observation", "type"), ("run", "type")),
            *(("operation", "name"), ("operation", "type"), ("ai", "kind"), ("node", "kind")),
            *(("step", "type"), ("call", "type"), ("event", "kind")),
        ],
        Meaning.KIND,
    ),
    **dict.fromkeys(
        [("response", "model"), ("response", "model", "name"), ("response", "model", "id")],
        Meaning.MODEL_SERVED,
    ),
    **dict.fromkeys(
        [("model",), ("model", "name"), ("model", "id"), ("deployment", "name")], Meaning.MODEL
    ),
    **dict.fromkeys(
        [("provider",), ("provider", "name"), ("vendor",), ("llm", "system")], Meaning.PROVIDER
    ),
    **dict.fromkeys([("cost", "usd"), ("usd", "cost"), ("usd",), ("total", "usd")], Meaning.COST),
    **dict.fromkeys(
        [
            *(("messages",), ("prompt",), ("prompts",), ("input",), ("inputs",), ("query",)),
            *(("question",), ("input", "value"), ("input", "text"), ("input", "data")),
            *(("prompt", "text"), ("prompt", "content"), ("user", "message"), ("request",)),
            *(("request", "body"), ("request", "data"), ("input", "content")),
        ],
        Meaning.ASKED,
    ),
    **dict.fromkeys(
        [
            *(("output", "messages"), ("completion",), ("completions",), ("output",)),
            *(("outputs",), ("response",), ("answer",), ("reply",), ("output", "value")),
            *(("output", "text"), ("output", "data"), ("output", "content"), ("generated", "text")),
            *(("response", "text"), ("response", "content"), ("response", "body")),
            *(("response", "data"), ("response", "messages"), ("completion", "text")),
            *(("completion", "content"), ("assistant", "message")),
        ],
        Meaning.SAID,
    ),
    **dict.fromkeys([("message",), ("payload",), ("message", "body")], Meaning.PASSED),
    **dict.fromkeys(
        [("tool", "name"), ("function", "name"), ("tool", "definition", "name"), ("tool",)],
        Meaning.TOOL,
    ),
    **dict.fromkeys(
        [
            *(("arguments",), ("args",), ("tool", "input"), ("tool", "parameters")),
            *(("function", "parameters"), ("tool", "params")),
        ],
        Meaning.ARGUMENTS,
    ),
    **dict.fromkeys(
        [
            *(("tool", "result"), ("tool", "output"), ("tool", "response"), ("call", "result")),
            *(("function", "result"), ("result",)),
        ],
        Meaning.RESULT,
    ),
}
"""The last words of a name → what it means. Of several that fit, the longest stands."""

LONGEST_TAIL = 3

NOT_COUNTED = frozenset(
    {
        *("max", "min", "limit", "budget", "per", "rate", "remaining", "price", "cost", "second"),
        *("seconds", "time", "threshold", "window", "avg", "average", "available"),
        *("audio", "image", "video", "text", "accepted", "rejected", "prediction", "tool"),
        *("non", "uncached", "no"),
    }
)
"""With any of these a name of tokens is a limit, a rate, a price, or a part that has no class here."""

_remembered: dict[str, Meaning | None] = {}


def meaning_of(name: str) -> Meaning | None:
    """Return what an attribute of this name means, or None where no rule says."""
    if name in _remembered:
        return _remembered[name]
    if len(name) > MAX_NAME_CHARS:
        return None
    if len(_remembered) >= MAX_REMEMBERED:
        _remembered.clear()
    found = _remembered[name] = _judge(words_of(name))
    return found


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, in small letters."""
    return tuple(word.lower() for word in WORD.findall(name))


def _judge(words: tuple[str, ...]) -> Meaning | None:
    if not words:
        return None
    if words in STATEMENTS:
        return Meaning.STATEMENT
    if words[0] in TRANSPORT and len(words) > 1:
        return Meaning.TRANSPORT
    if words[0] in FIXED and len(words) > 1:
        return None
    if "tokens" in words or {"token", "count"} <= set(words):
        return _tokens(frozenset(words))
    for length in range(min(LONGEST_TAIL, len(words)), 0, -1):
        meaning = TAILS.get(words[-length:])
        if meaning is not None:
            return meaning
    return None


def _tokens(words: frozenset[str]) -> Meaning | None:
    if words & NOT_COUNTED:
        return None
    if words & {"cached", "cache"}:
        is_written = words & {"write", "written", "creation", "created"}
        return Meaning.CACHE_WRITE_TOKENS if is_written else Meaning.CACHE_READ_TOKENS
    if words & {"reasoning", "thoughts", "thinking", "thought"}:
        return Meaning.REASONING_TOKENS
    if words & {"input", "prompt", "in"}:
        return Meaning.INPUT_TOKENS
    is_output = words & {"output", "completion", "generated", "candidates", "response", "out"}
    return Meaning.OUTPUT_TOKENS if is_output else None
