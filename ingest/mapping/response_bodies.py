"""What a model's response says beside its messages: its id, its model, why it ended, its tokens.

Responses come as providers' APIs give them, or as LangChain keeps them (`{"generations": [[{"message": …}]],
"llm_output": {…}}`), where the provider's own words stand in a message's `response_metadata`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deliberation.vocabulary import Usage
from ingest.mapping.bodies import Body, member_of
from ingest.mapping.stated_usage import usage_in
from ingest.mapping.take import fact_text

IDS = ("id", "responseId", "response_id")
MODELS = ("model", "model_name", "modelVersion", "model_version")
USAGES = ("usage", "usage_metadata", "usageMetadata", "token_usage")
ENDS = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason")


def response_id_of(said: Body) -> str | None:
    """Return the provider's id of a response."""
    return _first(_tellers(said.value), IDS)


def model_of(said: Body) -> str | None:
    """Return the model that a response says served it."""
    return _first(_tellers(said.value), MODELS)


def finish_of(said: Body) -> str | None:
    """Return why the model stopped; of several choices each, by commas."""
    given = [each.get("finish_reason") for each in said.messages]
    reasons = [reason for reason in given if isinstance(reason, str) and reason]
    if reasons and len(reasons) == len(given):
        return fact_text(",".join(reasons))
    return _first(_tellers(said.value), ENDS)


def usage_of(said: Body) -> Usage | None:
    """Return the tokens that a response states; of Anthropic's own, the cache is counted apart."""
    apart = member_of(said.value, "type") == "message"
    for teller in (*_tellers(said.value), *_generated(said.value)):
        for name in USAGES:
            usage = usage_in(teller.get(name), cache_apart=apart)
            if usage is not None:
                return usage
    return None


def _tellers(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that may tell of a response, the nearest to its provider first."""
    if not isinstance(value, dict):
        return
    for message in _generated(value):
        about = message.get("response_metadata")
        if isinstance(about, dict):
            yield about
    if isinstance(value.get("llm_output"), dict):
        yield value["llm_output"]
    if "generations" not in value:
        yield value


def _generated(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the fields of the messages that LangChain keeps, in a response or alone."""
    if not isinstance(value, dict):
        return
    if isinstance(value.get("generations"), list):
        for each in value["generations"]:
            for generation in each if isinstance(each, list) else [each]:
                yield from _fields(member_of(generation, "message"))
    else:
        yield from _fields(value)


def _fields(message: Any) -> Iterator[dict[str, Any]]:
    for fields in (member_of(message, "kwargs"), member_of(message, "data"), message):
        if isinstance(fields, dict) and "content" in fields:
            yield fields
            return


def _first(tellers: Iterator[dict[str, Any]], names: tuple[str, ...]) -> str | None:
    for teller in tellers:
        for name in names:
            said = teller.get(name)
            if isinstance(said, str) and said:
                return fact_text(said)
    return None
