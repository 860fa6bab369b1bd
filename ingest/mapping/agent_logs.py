"""Logs of coding agents to events: a prompt is the run's task, a tool's use is one node for all that tell of it.

A tool's use is known by its id: its result in a log, the same event in a span, which has no texts, and the decision
to let it run are of one node, whichever of them arrive. So the times of it come from the span where there is one.
"""

from __future__ import annotations

from typing import Any

from deliberation.events import Event, NodeObserved, RunStarted
from deliberation.events.codec import MAX_ID_CHARS
from deliberation.vocabulary import NodeKind, NodeStatus
from ingest.mapping import agent_events
from ingest.mapping.agent_events import call_id_of, has_failed, what_of
from ingest.mapping.rest import write_log
from ingest.mapping.roots import TASK_CHARS
from ingest.mapping.sessions import NamedSession
from ingest.mapping.take import as_float, fact_text
from ingest.wire.span import Attributes, LogRecord, Span

NODE_ID_DIGITS = 16
MAX_DURATION_MS = 10**10
CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
UNNAMED = "unnamed"


def read(record: LogRecord, session: NamedSession | None, run: str) -> list[Event]:
    """Return the events that an agent's log record stands for; empty where it is no such record."""
    what = what_of(record.name)
    if what not in agent_events.READERS:
        return []
    rest = record.attributes.copy()
    facts = agent_events.fill(what, rest)
    if facts is None:
        return []
    events: list[Event] = []
    if what == "user_prompt":
        events.append(_start(record, facts, session, run))
    events.append(_node(record, facts, rest, session, run))
    call = call_id_of(record.attributes)
    if facts["node_kind"] is NodeKind.APPROVAL and call is not None:
        events.append(_asked_for(record, call, run))
    return events


def of_span(span: Span, run: str) -> list[Event]:
    """Return the uses of tools that events of a span tell; their texts are in logs alone."""
    events: list[Event] = []
    for number, each in enumerate(span.events):
        attributes = each.get("attributes") or {}
        name = attributes.get("event.name")
        if not isinstance(name, str) or what_of(name) != "tool_result":
            continue
        call = call_id_of(attributes)
        if call is None:
            continue
        facts = agent_events.fill("tool_result", dict(attributes))
        if facts is not None:
            facts["status"] = _status(attributes)
            events.append(_use(span, call, facts, f"{span.digest}:g{number}", run))
    return events


def _use(span: Span, call: str, facts: dict[str, Any], key: str, run: str) -> NodeObserved:
    return NodeObserved(
        run=run,
        key=key,
        at=span.ended_at,
        node=call[:MAX_ID_CHARS],
        parent=span.span_id,
        started_at=span.started_at,
        ended_at=span.ended_at,
        **facts,
    )


def _node(
    record: LogRecord,
    facts: dict[str, Any],
    rest: dict[str, Any],
    session: NamedSession | None,
    run: str,
) -> NodeObserved:
    kind, call = facts["node_kind"], call_id_of(record.attributes)
    node, parent = record.digest[:NODE_ID_DIGITS], record.span_id
    if call is not None and kind is NodeKind.TOOL_CALL:
        node = call[:MAX_ID_CHARS]
    elif call is not None and kind is NodeKind.APPROVAL:
        parent = call[:MAX_ID_CHARS]
    if kind in CALLS:
        facts["instrumentation"] = fact_text(record.origin.scope_name) or UNNAMED
    facts.setdefault("name", record.name)
    read = [name for name in record.attributes if name not in rest or name in agent_events.READ]
    used = {agent_events.NAME: read}
    return NodeObserved(
        run=run,
        key=record.digest + ":0",
        at=record.at,
        node=node,
        parent=parent,
        status=_status(record.attributes),
        session_id=session and session.id,
        attributes=write_log(record, rest, used, session, with_body=True),
        **_times(record, kind),
        **facts,
    )


def _status(attributes: Attributes) -> NodeStatus:
    return NodeStatus.ERROR if has_failed(attributes) else NodeStatus.OK


def _times(record: LogRecord, kind: NodeKind) -> dict[str, Any]:
    """Return when it was: an event is written at the end of what it tells. A tool's span knows better."""
    if record.at is None or (kind is NodeKind.TOOL_CALL and record.span_id is not None):
        return {}
    took = as_float(record.attributes.get("duration_ms")) or 0
    is_sane = 0 < took < MAX_DURATION_MS and kind is not NodeKind.APPROVAL
    started = record.at - int(took * 1_000_000) if is_sane else record.at
    return {"started_at": max(0, started), "ended_at": record.at}


def _asked_for(record: LogRecord, call: str, run: str) -> NodeObserved:
    """Return what a decision says of the tool's use: there may be no more of it when it was refused."""
    tool = next(
        (record.attributes[name] for name in agent_events.TOOLS if name in record.attributes), None
    )
    return NodeObserved(
        run=run,
        key=record.digest + ":t",
        at=record.at,
        node=call[:MAX_ID_CHARS],
        node_kind=NodeKind.TOOL_CALL,
        tool=fact_text(tool),
        name=fact_text(tool),
    )


def _start(
    record: LogRecord, facts: dict[str, Any], session: NamedSession | None, run: str
) -> RunStarted:
    task = facts.get("input")
    return RunStarted(
        run=run,
        key=record.digest + ":s",
        at=record.at,
        task=task[:TASK_CHARS] if task else None,
        session_id=session and session.id,
        producer=fact_text(record.origin.resource.get("service.name")),
    )
