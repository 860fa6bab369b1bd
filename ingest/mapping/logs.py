"""One log record to its events."""

from __future__ import annotations

from typing import Any

from deliberation.events import Event, MessageObserved, NodeObserved
from deliberation.vocabulary import NodeKind, NodeStatus
from ingest.mapping import agent_logs, choices, genai, verdicts
from ingest.mapping.combine import read
from ingest.mapping.content import parse
from ingest.mapping.rest import write_log
from ingest.mapping.sessions import NamedSession, session_in
from ingest.mapping.span_messages import DETAILS
from ingest.mapping.spans import exception_text
from ingest.mapping.take import dump
from ingest.mapping.told import Told, told_by
from ingest.wire.span import LogRecord

CONTENT = ("gen_ai.input.messages", "gen_ai.output.messages")
NODE_ID_DIGITS = 16
SEVERE = ("ERROR", "FATAL", "CRITICAL")


def map_log(record: LogRecord, run: str) -> list[Event]:
    """Return the events that a log record stands for, in the run `run`.

    The content of a model call that some clients send as a log adds to that call's node, whole or
    message by message. What a coding agent says that it did is a node of its own kind, and so is what a
    judge says. Any other record is a step of its own, under the span it was written in: it must not be lost, and cannot
    contradict the span.
    """
    session = session_in(record.attributes)
    if record.span_id is not None and _tells_of_its_call(record):
        return _observe_call(record, record.span_id, session, run)
    told = _told(record) if record.span_id is not None else None
    if record.span_id is not None and told is not None:
        return _observe_message(record, record.span_id, told, session, run)
    return (
        agent_logs.read(record, session, run)
        or verdicts.of_log(record, session, run)
        or [_observe_step(record, session, run)]
    )


def _tells_of_its_call(record: LogRecord) -> bool:
    return record.event_name == DETAILS or any(name in record.attributes for name in CONTENT)


def _told(record: LogRecord) -> Told | None:
    body = parse(record.body) if isinstance(record.body, str) else record.body
    return told_by(record.event_name, body) if isinstance(body, dict) else None


def _observe_call(
    record: LogRecord, node: str, session: NamedSession | None, run: str
) -> list[Event]:
    facts, rest, used, _ = read(record)
    key, common = record.digest, {"run": run, "at": record.at}
    several = choices.samples(facts, record.attributes, node=node, key=key, common=common)
    observed = NodeObserved(
        run=run,
        key=key + ":0",
        at=record.at,
        node=node,
        session_id=session and session.id,
        text=_text_of(record.body),
        attributes=write_log(record, rest, used, session),
        **facts,
    )
    return [observed, *several]


def _observe_message(
    record: LogRecord, node: str, told: Told, session: NamedSession | None, run: str
) -> list[Event]:
    observed = MessageObserved(
        run=run,
        key=record.digest + ":0",
        at=record.at,
        node=node,
        direction=told.direction,
        position=told.position,
        session_id=session and session.id,
        message=dump(told.message),
        attributes=write_log(record, record.attributes.copy(), {genai.NAME: []}, session),
    )
    if not told.position:
        # Whether the first choice is one of several is not in its own record.
        return [observed]
    common = {"run": run, "at": record.at}
    key, rank = f"{record.digest}:c", told.position
    return [observed, *choices.sample(told.message, rank, node=node, key=key, common=common)]


def _observe_step(record: LogRecord, session: NamedSession | None, run: str) -> Event:
    attributes = record.attributes
    error = exception_text(attributes)
    failed = error is not None or record.severity.upper().startswith(SEVERE)
    return NodeObserved(
        run=run,
        key=record.digest + ":0",
        at=record.at,
        node=record.digest[:NODE_ID_DIGITS],
        parent=record.span_id,
        node_kind=NodeKind.STEP,
        name=record.name or "log",
        status=NodeStatus.ERROR if failed else NodeStatus.OK,
        started_at=record.at,
        ended_at=record.at,
        session_id=session and session.id,
        text=_text_of(record.body),
        error=error,
        attributes=write_log(record, attributes.copy(), {"log": []}, session),
    )


def _text_of(body: Any) -> str | None:
    if body is None or body == "":
        return None
    return body if isinstance(body, str) else dump(body)
