"""The recording of a run, made from its events as the inspector makes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from deliberation.events import NodeEnded, NodeStarted, ValueDrawn
from deliberation.events.base import Event
from deliberation.events.codec import encode
from deliberation.replay import canonical
from deliberation.vocabulary import NodeKind, NodeStatus, TextForm

UNNAMED = ""
KEPT = ("usage", "cost", "finish_reason", "model", "response_id", "reasoning", "error")


def recording_of(run: str, events: Iterable[Event], *, until: str | None = None) -> bytes:
    """Return the calls of a run as NDJSON, a header first; for a fork, up to the first entry of a node.

    Raises LookupError for a node that the run does not have.
    """
    numbered = [(seq, event) for seq, event in enumerate(events, start=1) if event.run == run]
    ends = {event.node: (seq, event) for seq, event in numbered if isinstance(event, NodeEnded)}
    last = None if until is None else _first_of(until, numbered)
    kept = [(seq, event) for seq, event in numbered if last is None or seq < last]
    calls = list(_calls(kept, ends))
    header = {"recording": 1, "of_run": run, "calls": len(calls), "until_seq": last}
    begun = {e.node for _, e in kept if isinstance(e, NodeStarted)}
    header["nodes"] = len(begun) if last is not None else None
    lines = [{**header, "complete": True, "why": None}, *calls]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _first_of(node: str, numbered: list[tuple[int, Event]]) -> int:
    for seq, event in numbered:
        if getattr(event, "node", None) == node:
            return seq
    raise LookupError(f"no node {node}")


def _calls(
    numbered: Iterable[tuple[int, Event]], ends: dict[str, tuple[int, NodeEnded]]
) -> Iterator[dict[str, Any]]:
    for seq, event in numbered:
        if isinstance(event, ValueDrawn):
            yield _draw(seq, event)
        elif isinstance(event, NodeStarted) and event.call_key is not None:
            ended_seq, ended = ends.get(event.node, (None, None))
            yield {**_asked(seq, event), **_came(ended), "ended_seq": ended_seq}


def _draw(seq: int, event: ValueDrawn) -> dict[str, Any]:
    return {
        "call_key": event.call_key,
        "sort": event.call_sort.value,
        "name": event.stream or UNNAMED,
        "arguments": "{}",
        "result": json.loads(event.value or "null"),
        "status": NodeStatus.OK.value,
        "node": event.node,
        "seq": seq,
        "ended_seq": seq,
        "withheld": False,
    }


def _asked(seq: int, event: NodeStarted) -> dict[str, Any]:
    asked = {
        "input": _value(event.input, event.input_form),
        "provider": event.provider,
        "request": _value(event.request, TextForm.JSON),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    name = event.model if event.node_kind is NodeKind.MODEL_CALL else event.tool or event.name
    return {
        "call_key": event.call_key,
        "sort": event.call_sort.value if event.call_sort else None,
        "name": name or UNNAMED,
        "arguments": canonical(given),
        "node": event.node,
        "seq": seq,
    }


def _came(ended: NodeEnded | None) -> dict[str, Any]:
    if ended is None:
        return {"status": NodeStatus.RUNNING.value, "withheld": False}
    plain = encode(ended)
    form = ended.output_form or TextForm.TEXT
    is_gone = not form.is_exact or (ended.output is None and ended.output_form is not None)
    return {
        "result": None if is_gone else _value(ended.output, form),
        "raised": _value(ended.raised, TextForm.JSON),
        "status": ended.status.value if ended.status else None,
        "withheld": is_gone,
        "why": f"its result is kept as {form.value}" if is_gone else None,
        **{name: plain.get(name) for name in KEPT},
    }


def _value(text: str | None, form: TextForm | None) -> Any:
    return json.loads(text) if text is not None and form is TextForm.JSON else text
