"""Verdicts from what spans and log records say that judges said: whom each is about, and what becomes of it.

What is judged is, in this order: the response that an event names; the span that a checker's one link names; the
checker's parent; else the record's own span. A checker is a span of the kind verification. What stands in another
trace, or is known by its response alone, the server tells again at the node, once that is here.

A guard that did not let something through has discarded it. A record with our own `deliberation.verdict` speaks for
itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from deliberation.events import Event, FateDecided, NodeObserved, VerdictGiven
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, NodeStatus, VerdictOutcome
from ingest.mapping import deliberation
from ingest.mapping.choose import Chosen, choose
from ingest.mapping.judgements import answers, feedback, guards, results, scores
from ingest.mapping.judgements.judgement import Judgement
from ingest.mapping.rest import write_log
from ingest.mapping.sessions import NamedSession
from ingest.mapping.take import dump, fact_text
from ingest.wire.span import Attributes, LogRecord, Span

ERROR_CODE = 2
CHECK = NodeKind.VERIFICATION
NODE_ID_DIGITS, TRACE_ID_DIGITS = 16, 32
SAME_MOMENT_NS = 10**10
"""A saying told by an event of a span and by a log record is one: in the same words, at about the same time."""

MAX_VERDICTS = 512
"""Of one span; what is beyond stays among its attributes."""

Read = Callable[[Attributes, str], list[Judgement]]

READERS: dict[str, Read] = {
    results.NAME: lambda attributes, name: results.read(attributes),
    feedback.NAME: lambda attributes, name: feedback.read(attributes),
    feedback.LOGFIRE: lambda attributes, name: feedback.read_feedback(attributes),
    guards.NAME: guards.read,
    scores.NAME: lambda attributes, name: scores.read(attributes),
    scores.CASE: lambda attributes, name: scores.read_case(attributes),
    scores.EVALUATOR: lambda attributes, name: [],
}
"""By the name of a convention that tells of judgements: what reads them."""

EVENTS: dict[str, Read] = {
    results.EVENT: lambda attributes, name: results.read(attributes),
    guards.EVENT: guards.read,
}
"""By the name of an event in a span."""

ON_ITSELF = frozenset({feedback.NAME, scores.NAME})
"""What may stand on a span that is made for it, with a link to what it is about."""


class Subject(NamedTuple):
    """Who is judged: a node, in which trace if not the same one, or the provider's id of a response."""

    node: str
    trace: str | None = None
    response: str | None = None


class Told(NamedTuple):
    """A judgement with who it is about, when it was, and the key of the fact."""

    judged: Judgement
    subject: Subject
    at: int | None
    key: str


def of_span(span: Span, facts: dict[str, Any], chosen: Chosen, run: str) -> list[Event]:
    """Return the verdicts that a finished span tells, on itself or on others, and what guards discarded."""
    is_check = facts["node_kind"] is CHECK
    readers = _readers(chosen)
    if not (is_check or readers or span.events) or span.ended_at is None:
        return []
    if deliberation.VERDICT in span.attributes:
        return []
    subject = _subject(span, is_check=is_check, may_link=not ON_ITSELF.isdisjoint(readers))
    told = [each for name in readers for each in READERS[name](span.attributes, span.name)]
    in_events = list(_in_events(span, subject, is_check=is_check))
    if is_check and not told and not in_events:
        told = _given_back(span, facts)
    found = [
        Told(judged, subject, span.ended_at, f"{span.digest}:j{number}")
        for number, judged in enumerate(told)
    ]
    is_carrier = is_check or subject.node != span.span_id
    by_node = span.span_id if is_carrier else None
    listed = (*found[:MAX_VERDICTS], *in_events[:MAX_VERDICTS])
    return [event for each in listed for event in _events(each, by_node, run)]


def of_log(record: LogRecord, session: NamedSession | None, run: str) -> list[Event]:
    """Return the node that a judge's log record is, and its verdict; empty where it is no such record.

    The convention writes it in the span that is judged, or outside any span and names the response.
    """
    readers = _readers(choose(record.attributes, record.origin.scope_name))
    if not readers:
        return []
    found = [each for name in readers for each in READERS[name](record.attributes, record.name)]
    if not found:
        return []
    own, judged = record.digest[:NODE_ID_DIGITS], found[0]
    subject = Subject(record.span_id) if record.span_id else Subject(own, response=judged.response)
    node = NodeObserved(
        run=run,
        key=record.digest + ":0",
        at=record.at,
        node=own,
        parent=record.span_id,
        node_kind=NodeKind.VERIFICATION,
        name=judged.verifier,
        status=NodeStatus.ERROR if judged.outcome is VerdictOutcome.ERROR else NodeStatus.OK,
        started_at=record.at,
        ended_at=record.at,
        session_id=session and session.id,
        text=_words(record.body),
        attributes=write_log(
            record, record.attributes.copy(), {name: [] for name in readers}, session
        ),
    )
    told = Told(judged, subject, record.at, _key(subject, judged, record.at, 0))
    return [node, *_events(told, None if record.span_id else own, run)]


def _readers(chosen: Chosen) -> tuple[str, ...]:
    # A plain loop, for it is run for every span and nearly always finds nothing.
    for each in chosen:
        if each.name in READERS:
            return tuple(each.name for each in chosen if each.name in READERS)
    return ()


def _subject(span: Span, *, is_check: bool, may_link: bool) -> Subject:
    if (is_check or may_link) and len(span.links) == 1:
        [link] = span.links
        if len(link["span_id"]) == NODE_ID_DIGITS and len(link["trace_id"]) == TRACE_ID_DIGITS:
            elsewhere = link["trace_id"] != span.trace_id
            return Subject(link["span_id"], trace=link["trace_id"] if elsewhere else None)
    if is_check and span.parent_id is not None:
        return Subject(span.parent_id)
    return Subject(span.span_id)


def _in_events(span: Span, subject: Subject, *, is_check: bool) -> Iterator[Told]:
    times: Counter[tuple[Subject, Judgement]] = Counter()
    for event in span.events:
        if event["name"] not in EVENTS:
            continue
        for judged in EVENTS[event["name"]](event.get("attributes") or {}, event["name"]):
            about = subject
            if is_check and judged.response is not None:
                about = Subject(span.span_id, response=judged.response)
            at = event.get("time") or span.ended_at
            yield Told(judged, about, at, _key(about, judged, at, times[about, judged]))
            times[about, judged] += 1


def _given_back(span: Span, facts: dict[str, Any]) -> list[Judgement]:
    """Return what a checker's output says; of one that broke, that it did."""
    called = span.attributes.get(scores.CALLED)
    name = called if isinstance(called, str) and called else facts.get("name") or span.name
    found = answers.read(facts.get("output"), name or "check")
    has_failed = span.status_code == ERROR_CODE or facts.get("error") is not None
    if found or not has_failed:
        return found
    why = (facts.get("error") or "").partition("\n")[0] or None
    return [Judgement(verifier=name or "check", outcome=VerdictOutcome.ERROR, rationale=why)]


def _events(told: Told, by_node: str | None, run: str) -> Iterator[Event]:
    judged, subject = told.judged, told.subject
    verifier = fact_text(judged.verifier) or "unnamed"
    common: dict[str, Any] = {"run": run, "at": told.at, "node": subject.node}
    yield VerdictGiven(
        **common,
        key=told.key,
        verdict=told.key,
        verifier=verifier,
        version=fact_text(judged.version),
        verifier_kind=judged.kind,
        outcome=judged.outcome,
        label=fact_text(judged.label),
        score=judged.score,
        scale_min=judged.scale_min,
        scale_max=judged.scale_max,
        threshold=judged.threshold,
        independence=judged.independence,
        rationale=judged.rationale,
        by_node=by_node,
        trace=subject.trace,
        response=fact_text(subject.response),
    )
    is_here = subject.trace is subject.response is None
    if judged.has_blocked and judged.outcome is VerdictOutcome.REJECT and is_here:
        yield FateDecided(
            **common,
            key=told.key + ":f",
            fate=Fate.DISCARDED,
            reason=DiscardReason.VERIFIER_REJECTED,
            by=verifier,
            verdict=told.key,
        )


def _key(subject: Subject, judged: Judgement, at: int | None, number: int) -> str:
    moment = None if at is None else at // SAME_MOMENT_NS
    said = (subject, judged.verifier, judged.label, judged.score, judged.rationale, moment, number)
    return "e:" + blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _words(body: Any) -> str | None:
    return body if body is None or isinstance(body, str) else dump(body)
