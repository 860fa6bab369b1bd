"""A span without a parent speaks for the whole run: it starts it, and ends it."""

from __future__ import annotations

from typing import Any

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, ObservedState
from ingest.mapping import deliberation
from ingest.mapping.content import parse
from ingest.mapping.said import answer_in, task_in
from ingest.mapping.take import fact_text
from ingest.wire.span import Attributes, Span

TASK_CHARS = 2_000
MAX_TAGS = 64
TAGS = (
    *("tag.tags", "langfuse.trace.tags", "logfire.tags", "ai.telemetry.metadata.tags"),
    "tags",
)


def start(span: Span, facts: dict[str, Any], session: str | None, run: str) -> RunStarted:
    """Return the start of the run. The task is a preview; the whole input stands on the node."""
    attributes = span.attributes
    task = task_in(facts.get("input"))
    return RunStarted(
        run=run,
        key=span.digest + ":s",
        at=span.started_at,
        name=facts["name"] or None,
        task=task[:TASK_CHARS] if task else None,
        **deliberation.of_start(attributes),
        session_id=session,
        tags=tags_of(attributes),
        producer=fact_text(span.origin.resource.get("service.name")),
    )


def end(span: Span, facts: dict[str, Any], run: str, *, is_undecided: bool = False) -> RunEnded:
    """Return the end of the run. It is undecided when all it is is a call with several choices."""
    failed = facts["error"] is not None or span.status_code == 2
    # A tool's or a look-up's output is no answer of a deliberation, nor is a stream that broke.
    answers = not failed and facts["node_kind"] not in (NodeKind.TOOL_CALL, NodeKind.RETRIEVAL)
    return RunEnded(
        run=run,
        key=span.digest + ":e",
        at=span.ended_at,
        state=ObservedState.FAILED if failed else ObservedState.COMPLETED,
        answer=answer_in(facts.get("output")) if answers and not is_undecided else None,
        error=facts["error"],
        **deliberation.of_end(span.attributes),
    )


def tags_of(attributes: Attributes) -> list[str] | None:
    """Return the tags of a record, given as a list, as its JSON text, or as LangSmith joins them."""
    tags = next((attributes[name] for name in TAGS if name in attributes), None)
    joined = attributes.get("langsmith.span.tags")
    if tags is None and isinstance(joined, str):
        tags = [tag for tag in joined.split(", ") if tag]
    listed = parse(tags) if isinstance(tags, str) else tags
    if not isinstance(listed, list):
        return None
    found = [text for tag in listed[:MAX_TAGS] if (text := fact_text(tag))]
    return found or None
