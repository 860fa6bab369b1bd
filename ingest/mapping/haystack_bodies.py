"""What Haystack's components, agents and pipelines take and give, as what is asked and said.

    {"messages": [{"role", "content": [{"text"} | {"tool_call"} | …], "meta"}]}     a chat generator, an agent
    {"prompt": "…"}, {"query": "…"}                                                 a generator, a retriever
    {"replies": [message or text, …], "meta": [{"model", "usage", "finish_reason"}]}
    {"llm": {"replies": […]}}                                                       a pipeline

Source: Haystack's `dataclasses/chat_message.py`, `components/generators`. Messages have their `meta` inside.
"""

from __future__ import annotations

from typing import Any

from ingest.mapping.bodies import member_of
from ingest.mapping.said import text_of
from ingest.mapping.take import dump
from traces.conversation import Message, messages_of


def asked_of_model(body: Any) -> str | None:
    """Return the messages that a call was given; a body in another shape as it is."""
    prompt = member_of(body, "prompt")
    given = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else body
    messages = messages_of(given, "user")
    return text(body) if messages is None else dump([_without_meta(each) for each in messages])


def said_by_model(body: Any) -> str | None:
    """Return the replies of a call as messages; a body without any as it is."""
    replies = _replies(body)
    return dump([_reply(each) for each in replies]) if replies else text(body)


def about_replies(body: Any) -> list[dict[str, Any]]:
    """Return what an output says about each reply: in it, or of texts and vectors beside them."""
    beside = member_of(body, "meta")
    if beside is None:
        beside = [member_of(each, "meta") for each in _replies(body)]
    listed = beside if isinstance(beside, list) else [beside]
    return [each for each in listed if isinstance(each, dict)]


def last_words(body: Any, role: str) -> str | None:
    """Return the last that anyone of a role said in a conversation; None where there is none."""
    messages = messages_of(member_of(body, "messages"), role) or []
    spoken = (text_of(each) for each in reversed(messages) if each["role"] == role)
    return next((each for each in spoken if each), None)


def only_reply(body: Any) -> str | None:
    """Return the words of the one reply that a pipeline gives; None where it gives none, or several."""
    outputs = body.values() if isinstance(body, dict) else ()
    replies = [each for output in outputs for each in _replies(output)]
    return text_of(_reply(replies[0])) or None if len(replies) == 1 else None


def text(body: Any) -> str | None:
    """Return a body as text; None where it holds nothing."""
    if body in (None, "", [], {}):
        return None
    return body if isinstance(body, str) else dump(body)


def _replies(body: Any) -> list[Any]:
    replies = member_of(body, "replies")
    return replies if isinstance(replies, list) else []


def _reply(value: Any) -> Message:
    messages = messages_of(value, "assistant") if isinstance(value, dict) else None
    if not messages:
        return {"role": "assistant", "parts": [{"type": "text", "content": value}]}
    ended = member_of(value, "meta", "finish_reason")
    message = _without_meta(messages[0])
    return {**message, "finish_reason": ended} if ended else message


def _without_meta(message: Message) -> Message:
    return {name: value for name, value in message.items() if name != "meta"}
