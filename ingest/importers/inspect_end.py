"""How a sample of an Inspect log ended, and with what answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deliberation.events import RunEnded
from deliberation.vocabulary import ObservedState
from ingest.importers.inspect_events import error_text
from ingest.importers.inspect_log import Log, mapping
from ingest.importers.inspect_messages import message_of
from ingest.importers.inspect_shapes import Sample
from ingest.importers.iso_time import nanoseconds
from ingest.mapping.said import text_of
from ingest.mapping.take import fact_text

OPERATOR = "operator"
CUT_SHORT = ("max_tokens", "model_length", "content_filter")


def answer_of(sample: Sample) -> str | None:
    """Return what the model answered in the end: the last output's words."""
    output = mapping(sample.about.get("output"))
    completion = output.get("completion")
    if isinstance(completion, str) and completion:
        return completion
    choices = output.get("choices")
    first = mapping(choices[0]) if isinstance(choices, list) and choices else {}
    message = first.get("message")
    return (text_of(message_of(message)) or None) if isinstance(message, Mapping) else None


def end_of(log: Log, sample: Sample, run: str) -> Iterator[RunEnded]:
    """Yield the end, where the log knows of one.

    A sample is written when it is over. One of a log that never was may still be half done: it counts as over when
    it was scored or says when it completed.
    """
    state, reason = _state(log, sample)
    if state is None:
        return
    error = sample.about.get("error")
    yield RunEnded(
        run=run,
        key="end",
        at=ended_at(sample),
        state=state,
        answer=answer_of(sample),
        stop_reason=reason,
        error=error_text(error) if error else None,
    )


def _state(log: Log, sample: Sample) -> tuple[ObservedState | None, str | None]:
    about = sample.about
    if about.get("error"):
        return ObservedState.FAILED, "error"
    limit = limit_of(sample)
    if limit is not None:
        if limit != OPERATOR:
            return ObservedState.LIMIT_EXCEEDED, fact_text(f"{limit} limit")
        if any(event.get("decision") == "terminate" for event in sample.events):
            return ObservedState.REJECTED, "terminated by an approver"
        return ObservedState.CANCELLED, "stopped by the operator"
    is_over = bool(about.get("scores") or about.get("score") or about.get("completed_at"))
    if log.status == "success" or is_over:
        return ObservedState.COMPLETED, _last_reason(about)
    if log.is_finished:
        return ObservedState.CANCELLED, f"evaluation ended: {log.status}"
    return None, None


def limit_of(sample: Sample) -> str | None:
    """Return the word for the limit that ended the sample, None where none did."""
    stated = mapping(sample.about.get("limit")).get("type")
    if isinstance(stated, str):
        return stated
    told = (event.get("type") for event in sample.events if event.get("event") == "sample_limit")
    return next((each for each in told if isinstance(each, str)), None)


def _last_reason(about: Mapping[str, Any]) -> str | None:
    """Return why the last answer ended, where it did not by itself."""
    choices = mapping(about.get("output")).get("choices")
    first = mapping(choices[0]) if isinstance(choices, list) and choices else {}
    reason = first.get("stop_reason")
    return fact_text(reason) if reason in CUT_SHORT else None


def began_at(sample: Sample) -> int | None:
    """Return when it began, in ns: as it says, else its first event."""
    return nanoseconds(sample.about.get("started_at")) or next(_times(sample.events), None)


def ended_at(sample: Sample) -> int | None:
    """Return when it was over, in ns: as it says, else its last event."""
    return nanoseconds(sample.about.get("completed_at")) or next(
        _times(list(reversed(sample.events))), None
    )


def _times(events: list[Mapping[str, Any]]) -> Iterator[int]:
    for event in events:
        at = nanoseconds(event.get("timestamp"))
        if at is not None:
            yield at
