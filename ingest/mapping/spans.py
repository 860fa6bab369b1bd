"""One span to its events."""

from __future__ import annotations

from typing import Any

from deliberation.events import EdgeDrawn, Event, NodeObserved, NodeStarted
from deliberation.vocabulary import NodeStatus
from ingest.mapping import (
    agent_logs,
    choices,
    deliberation,
    langfuse,
    logfire,
    pending,
    roots,
    span_messages,
    verdicts,
)
from ingest.mapping.combine import read
from ingest.mapping.rest import write_span
from ingest.mapping.sessions import session_in, session_of_root
from ingest.wire.span import Span

ERROR_CODE = 2
SPAN_ID_DIGITS, TRACE_ID_DIGITS = 16, 32
NO_TRACE = "0" * TRACE_ID_DIGITS
MAX_LINKS = 128
"""Of one span into other traces, OpenTelemetry's own limit. More are no edges and stay attributes."""


def map_span(span: Span, run: str) -> list[Event]:
    """Return the events that a span stands for, in the run `run`.

    A finished span is one `NodeObserved` that carries everything; one without an end, and Logfire's
    pending span, is a `NodeStarted`. A span without a parent also starts the run, and its end ends
    it. Keys are the span's digest and what the event is for, so the same span again makes the same
    facts.
    """
    span = pending.unfold(span)
    facts, rest, used, chosen = read(span)
    own = deliberation.is_used(span.attributes)
    if own:
        deliberation.fill(rest, facts)
    told = span_messages.fill(span.events, facts) if span.events else span.events
    failed = is_error(span)
    facts["error"] = error_of(span) if failed else None
    facts["name"] = facts.get("name") or span.name
    is_root = span.parent_id is None
    session = (session_of_root if is_root else session_in)(span.attributes)
    facts["attributes"] = write_span(span, rest, used, told, session)
    events: list[Event] = []
    if span.parent_id is None:
        events.append(roots.start(span, facts, session and session.id, run))
    elif session is not None:
        facts["session_id"] = session.id
    events.append(_node(span, facts, failed=failed, run=run))
    for convention in chosen:
        if convention.tells is not None:
            events.extend(convention.tells(span, facts, run))
    if span.events:
        events.extend(agent_logs.of_span(span, run))
    if span.links:
        events.extend(_edges(span, run))
    if own:
        events.extend(deliberation.decided(span, run))
    events.extend(verdicts.of_span(span, facts, chosen, run))
    several = _choices(span, facts, run)
    events.extend(several)
    if span.parent_id is None and span.ended_at is not None:
        events.append(roots.end(span, facts, run, is_undecided=bool(several)))
    return events


def is_error(span: Span) -> bool:
    """True when a span ended by an error: by its status, or by a convention that says so in an attribute."""
    attributes = span.attributes
    return (
        span.status_code == ERROR_CODE
        or "error.type" in attributes
        or (langfuse.LEVEL in attributes and langfuse.has_failed(attributes))
        or (logfire.LEVEL in attributes and logfire.has_failed(attributes))
    )


def error_of(span: Span) -> str | None:
    """Return the message and trace of a span's error, as far as it says so."""
    exceptions = [
        event["attributes"]
        for event in span.events
        if event["name"] == "exception" and "attributes" in event
    ]
    if exceptions:
        return exception_text(exceptions[-1])
    kind = span.attributes.get("error.type")
    message = (
        span.status_message
        or langfuse.error_of(span.attributes)
        or logfire.error_of(span.attributes)
    )
    said = [text for text in (kind, message) if isinstance(text, str) and text]
    return ": ".join(said) or None


def exception_text(attributes: dict[str, Any]) -> str | None:
    """Return an exception's type, message and trace as text."""
    kind, message, trace = (
        str(attributes.get(f"exception.{name}") or "") for name in ("type", "message", "stacktrace")
    )
    head = ": ".join(text for text in (kind, message) if text)
    return "\n\n".join(text for text in (head, trace) if text) or None


def _node(span: Span, facts: dict[str, Any], *, failed: bool, run: str) -> Event:
    if span.ended_at is None:
        return NodeStarted(
            run=run,
            key=span.digest + ":0",
            at=span.started_at,
            node=span.span_id,
            parent=span.parent_id,
            status=NodeStatus.RUNNING,
            started_at=span.started_at,
            **facts,
        )
    return NodeObserved(
        run=run,
        key=span.digest + ":0",
        at=span.ended_at,
        node=span.span_id,
        parent=span.parent_id,
        status=NodeStatus.ERROR if failed else NodeStatus.OK,
        started_at=span.started_at,
        ended_at=span.ended_at,
        **facts,
    )


def _choices(span: Span, facts: dict[str, Any], run: str) -> list[Event]:
    if span.ended_at is None:
        return []
    times = {"at": span.ended_at, "started_at": span.started_at, "ended_at": span.ended_at}
    common = {"run": run, **times}
    attributes, key = span.attributes, span.digest
    return choices.samples(facts, attributes, node=span.span_id, key=key, common=common)


def _edges(span: Span, run: str) -> list[Event]:
    """Return the edges of a span's links: into its own trace, and into others. All stay among the attributes too."""
    named = [link for link in span.links if len(link["span_id"]) == SPAN_ID_DIGITS]
    within = [link for link in named if link["trace_id"] == span.trace_id]
    others = [link for link in within if link["span_id"] != span.span_id]
    across = [link for link in named if _is_elsewhere(link["trace_id"], span)]
    return [
        *(_edge(span, link, f"l{number}", run) for number, link in enumerate(others)),
        *(_edge(span, link, f"x{number}", run) for number, link in enumerate(across[:MAX_LINKS])),
    ]


def _is_elsewhere(trace_id: str, span: Span) -> bool:
    return len(trace_id) == TRACE_ID_DIGITS and trace_id not in (span.trace_id, NO_TRACE)


def _edge(span: Span, link: dict[str, Any], name: str, run: str) -> EdgeDrawn:
    return EdgeDrawn(
        run=run,
        key=f"{span.digest}:{name}",
        at=span.started_at,
        edge=deliberation.edge_of(link),
        source=span.span_id,
        target=link["span_id"],
        trace=link["trace_id"] if link["trace_id"] != span.trace_id else None,
    )
