"""What was asked of a run, and what it answered, as plain text for its headline."""

from __future__ import annotations

from ingest.mapping.content import parse
from traces.conversation import Message, messages_of

TASK_NAMES = ("task", "question", "query", "input", "prompt", "text")
ANSWER_NAMES = ("answer", "final_answer", "output", "result", "response", "content", "text")


def task_in(text: str | None) -> str | None:
    """Return what was asked: the last user's text in messages, a named member, or the text itself."""
    return _said(text, "user", TASK_NAMES)


def answer_in(text: str | None) -> str | None:
    """Return what was answered: the last assistant's text in messages, a named member, or the text.

    Messages in which no assistant says anything are no answer; other JSON may be one.
    """
    return _said(text, "assistant", ANSWER_NAMES)


def _said(text: str | None, role: str, names: tuple[str, ...]) -> str | None:
    if not text or text[0] not in '[{"':
        return text or None
    value = parse(text)
    if isinstance(value, str) or value in ([], {}):
        return value or None
    if isinstance(value, dict):
        named = (value.get(name) for name in names)
        found = next((each for each in named if isinstance(each, str)), None)
        if found is not None:
            return found or None
    messages = messages_of(value, role)
    if messages is None:
        return text
    spoken = (text_of(each) for each in reversed(messages) if each["role"] == role)
    return next((each for each in spoken if each), None)


def text_of(message: Message) -> str:
    """Return the words of a message: without what was thought, asked of tools, or shown."""
    texts = (part.get("content") for part in message["parts"] if part.get("type") == "text")
    return "\n".join(text for text in texts if isinstance(text, str))
