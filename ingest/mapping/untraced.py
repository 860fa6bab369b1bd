"""Records outside any trace: they stand in a run of their resource, which takes its name from there."""

from __future__ import annotations

from deliberation.events import RunStarted
from ingest.mapping.sessions import session_in
from ingest.mapping.take import fact_text
from ingest.wire.span import LogRecord, Span

KEY = "untraced"
"""The name of a resource is one fact of its run, however many records bring it."""


def open_run(record: Span | LogRecord, run: str) -> list[RunStarted]:
    """Return what the first record of a run says for all of it; nothing where the record is of a trace.

    Records share such a run because they share resource and session (`trace_of`): so each would say the same.
    """
    service = fact_text(record.origin.resource.get("service.name"))
    if record.trace_id is not None or service is None:
        return []
    session = session_in(record.attributes)
    named = session and session.id
    return [RunStarted(run=run, key=KEY, name=service, session_id=named, producer=service)]
