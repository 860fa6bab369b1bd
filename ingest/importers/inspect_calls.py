"""Calls of a model in an Inspect sample (`inspect_ai/event/_model.py`).

`{"model", "input" | "input_refs", "tools", "config", "output": {"model", "choices", "usage", "stop_reason"}, "retries",
"error", "cache", "call", "completed", "working_time"}`.

A call's input is the whole conversation again. Told are the messages that are new since an earlier call whose
conversation it goes on from, which the attribute `input_continues` names; so each message is there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from deliberation.events import Event
from deliberation.vocabulary import Cost, CostProvenance, NodeStatus, Usage
from ingest.importers.agent_run import Turn, tell_turn
from ingest.importers.chat_messages import Message
from ingest.importers.inspect_messages import message_of
from ingest.importers.inspect_shapes import ranges_of
from ingest.importers.inspect_tree import Placed
from ingest.importers.inspect_usage import cost_of, usage_of
from ingest.importers.iso_time import nanoseconds
from ingest.importers.json_text import json_text
from ingest.mapping.choices import sample
from ingest.mapping.take import as_float

CANCELLED = frozenset({"Cancelled by operator", "Cancelled by limit", "Cancelled by system"})
READ = frozenset(
    {
        *(
            "event",
            "timestamp",
            "completed",
            "span_id",
            "input",
            "input_refs",
            "error",
            "traceback",
        ),
        *("traceback_ansi", "output", "tools", "call"),
    }
)
OUTPUT_READ = frozenset({"model", "choices", "completion", "usage", "response_id"})
REPEATED = ("messages", "contents", "input", "inputs")
"""Of a raw request: what the call's input says already."""
SERVICES = frozenset({"azure", "bedrock", "vertex"})
"""Through which a provider's models are served elsewhere: `anthropic/bedrock/…`."""
COMPATIBLE = "openai-api"
"""Any service with OpenAI's API: `openai-api/<service>/…`."""
PROVIDERS = {"azureai": "azure", "grok": "x-ai", "bedrock": "aws", "vertex": "google"}
"""Inspect's word → the one that prices are kept under."""
MAX_CHOICES = 256
MAX_SECONDS = 10**7
"""Of one call; whatever took longer was not timed."""


@dataclass(slots=True, kw_only=True)
class Conversations:
    """What the calls of a sample have heard so far: a conversation's hash → the call that told it whole."""

    pool: list[Any]
    tools: dict[str, str] = field(default_factory=dict)
    _told: dict[int, str] = field(default_factory=dict)
    _digests: dict[int, bytes] = field(default_factory=dict)

    def of(self, event: Mapping[str, Any]) -> list[Any]:
        """Return the messages that went into a call."""
        told, refs = event.get("input"), event.get("input_refs")
        if not told and isinstance(refs, list):
            told = ranges_of(self.pool, refs)
        return told if isinstance(told, list) else []

    def since(self, node: str, messages: list[Any], answer: Any) -> tuple[int, str | None]:
        """Return how many of the messages an earlier call has told or answered, and which; remember these."""
        found, count, talk = None, 0, 0
        for place, message in enumerate(messages, 1):
            talk = hash((talk, self._digest(message)))
            if talk in self._told:
                found, count = self._told[talk], place
        self._told[talk] = node
        if answer is not None:
            self._told[hash((talk, self._digest(answer)))] = node
        return count, found

    def _digest(self, message: Any) -> bytes:
        # Messages of the pool are the same objects each time.
        known = self._digests.get(id(message))
        if known is None:
            text = json_text(message).encode("utf-8", "surrogatepass")
            known = self._digests[id(message)] = blake2b(text, digest_size=16).digest()
        return known


def tell_call(placed: Placed, conversations: Conversations, run: str) -> Iterator[Event]:
    """Yield the call, and its choices as samples under it where it has several."""
    event = placed.event
    output = _mapping(event.get("output"))
    answers = list(_answers(output))
    said = [{**message_of(message), **_finished(reason)} for message, reason in answers]
    messages = conversations.of(event)
    first = answers[0][0] if answers else None
    told, earlier = conversations.since(placed.node, messages, first)
    rest = _rest(placed, conversations, output)
    if earlier is not None:
        rest["input_continues"] = {"node": earlier, "messages": told}
    turn = _turn(placed, output, messages[told:], said, rest)
    (call,) = tell_turn(turn, run)
    yield replace(call, status=_status(event, call.status))
    if 1 < len(said) <= MAX_CHOICES:
        times = {"at": turn.started_at, "started_at": turn.started_at, "ended_at": turn.ended_at}
        common = {"run": run, **times}
        for rank, message in enumerate(said):
            key = f"{placed.node}:c{rank}"
            # The sample alone, which proposes nothing: Inspect goes on with the first, and whether a solver looked at
            # the others is not told.
            yield sample(message, rank, node=placed.node, key=key, common=common)[0]


def _turn(
    placed: Placed,
    output: Mapping[str, Any],
    heard: list[Any],
    said: list[Message],
    rest: dict[str, Any],
) -> Turn:
    event, asked = placed.event, str(placed.event.get("model") or "")
    usage, cost = _spent(event, output, rest)
    began = nanoseconds(event.get("timestamp"))
    return Turn(
        node=placed.node,
        parent=placed.parent,
        heard=[message_of(each) for each in heard],
        said=said[0] if said else None,
        model=str(output.get("model") or "") or asked or None,
        provider=provider_of(asked),
        usage=usage,
        cost=cost,
        response=None if event.get("cache") == "read" else output.get("response_id"),
        finish_reason=said[0].get("finish_reason") if said else None,
        error=_error(event),
        started_at=began,
        ended_at=nanoseconds(event.get("completed")) or _after(began, output.get("time")),
        rest=rest,
    )


def provider_of(model: str) -> str | None:
    """Return who served a model that Inspect calls `provider/model` or `provider/service/model`."""
    provider, *service = model.split("/")[:-1] or [""]
    if service and (provider == COMPATIBLE or service[0] in SERVICES):
        provider = service[0]
    return PROVIDERS.get(provider, provider) or None


def _answers(output: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Yield the message of each choice, and why it ended."""
    choices = output.get("choices")
    for each in choices if isinstance(choices, list) else []:
        if isinstance(each, Mapping) and isinstance(each.get("message"), Mapping):
            yield each["message"], each.get("stop_reason")


def _finished(reason: Any) -> dict[str, str]:
    return {"finish_reason": reason} if isinstance(reason, str) and reason else {}


def _spent(
    event: Mapping[str, Any], output: Mapping[str, Any], rest: dict[str, Any]
) -> tuple[Usage | None, Cost | None]:
    """Return tokens and money. An answer out of Inspect's cache repeats what its call once took, and takes nothing."""
    stated = output.get("usage")
    if event.get("cache") != "read":
        return usage_of(stated), cost_of(stated)
    # Under the same id it would be taken for a second account of that call.
    rest["cached_call"] = {"usage": stated, "response_id": output.get("response_id")}
    nothing = Cost(amount=Decimal(0), provenance=CostProvenance.REPORTED)
    return Usage(input=0, output=0), nothing


def _status(event: Mapping[str, Any], found: NodeStatus | None) -> NodeStatus | None:
    if str(event.get("error")) in CANCELLED:
        return NodeStatus.CANCELLED
    return NodeStatus.RUNNING if event.get("pending") is True else found


def _error(event: Mapping[str, Any]) -> str | None:
    said = [event.get(name) for name in ("error", "traceback")]
    return "\n\n".join(str(each) for each in said if each) or None


def _after(began: int | None, seconds: Any) -> int | None:
    """Return the end of a call that states how long it took: logs before 2025 do not say when it ended."""
    took = as_float(seconds)
    return began + int(took * 1e9) if began and took and 0 < took < MAX_SECONDS else None


def _rest(
    placed: Placed, conversations: Conversations, output: Mapping[str, Any]
) -> dict[str, Any]:
    event = placed.event
    rest = {name: value for name, value in event.items() if name not in READ and value is not None}
    more = {name: value for name, value in output.items() if name not in OUTPUT_READ}
    if more:
        rest["output"] = more
    if event.get("tools"):
        offered = json_text(event["tools"])
        before = conversations.tools.setdefault(offered, placed.node)
        rest["tools"] = event["tools"] if before == placed.node else {"same_as": before}
    call = event.get("call")
    if isinstance(call, Mapping):
        request = call.get("request")
        if isinstance(request, Mapping):
            kept = {name: each for name, each in request.items() if name not in REPEATED}
            call = {**call, "request": kept}
        rest["call"] = call
    return rest


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
