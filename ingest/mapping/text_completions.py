"""Prompts and completions that are plain text, as OpenInference writes them.

    llm.prompts                              ["…"]
    llm.prompts.0.prompt.text                "…"
    llm.choices.0.completion.text            "…"

Source: OpenInference's semantic conventions; the first is what its instrumentation of LlamaIndex writes.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.mapping.take import dump
from ingest.wire.span import Attributes

LISTED = "llm.prompts"
PROMPT = re.compile(r"llm\.prompts\.([0-9]{1,7})\.prompt\.text")
CHOICE = re.compile(r"llm\.choices\.([0-9]{1,7})\.completion\.text")


def take_prompts(rest: Attributes) -> str | None:
    """Return what a model was to go on from, as a user's messages; None where no prompt is told."""
    listed = rest.get(LISTED)
    if isinstance(listed, list) and listed and all(isinstance(each, str) for each in listed):
        del rest[LISTED]
        return _messages(listed, "user")
    return _messages(_take_numbered(rest, PROMPT), "user")


def take_choices(rest: Attributes) -> str | None:
    """Return how a model went on, a message for each choice; None where none is told."""
    return _messages(_take_numbered(rest, CHOICE), "assistant")


def _take_numbered(rest: Attributes, names: re.Pattern[str]) -> list[str]:
    found = {
        int(match[1]): name
        for name, value in rest.items()
        if isinstance(value, str) and (match := names.fullmatch(name))
    }
    return [rest.pop(found[number]) for number in sorted(found)]


def _messages(texts: list[Any], role: str) -> str | None:
    messages = [{"role": role, "parts": [{"type": "text", "content": text}]} for text in texts]
    return dump(messages) if messages else None
