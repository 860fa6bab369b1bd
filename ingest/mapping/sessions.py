"""Which session or conversation a record belongs to: spans and logs at any level may say so, not only roots."""

from __future__ import annotations

from typing import NamedTuple

from ingest.mapping.bodies import value_of
from ingest.mapping.take import fact_text
from ingest.wire.span import Attributes

NAMES = (
    "session.id",
    "gen_ai.conversation.id",
    "langfuse.session.id",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.thread_id",
    "mlflow.trace.session",
    "langsmith.metadata.session_id",
    "langsmith.metadata.thread_id",
    "langsmith.metadata.conversation_id",
    "ai.telemetry.metadata.sessionId",
    "mastra.metadata.sessionId",
    "mastra.metadata.threadId",
    "conversation.id",
    "gcp.vertex.agent.session_id",
    "spring.ai.chat.client.conversation.id",
)
"""Of one record the first that is there. OpenTelemetry's `thread.id` is a thread of the machine, and none of them."""

_ANY = frozenset(NAMES)

OF_A_CONNECTION = "mcp.session.id"
"""A session of the Model Context Protocol. One connection may serve every user of a program, so that it is the session
of a run only where the request is all of the run."""


class NamedSession(NamedTuple):
    """A session, and the attribute that names it."""

    attribute: str
    id: str


def session_in(attributes: Attributes) -> NamedSession | None:
    """Return the session that a record names."""
    if _ANY.isdisjoint(attributes):
        return None
    for name in NAMES:
        # MLflow writes a text as JSON, in quotes.
        value = value_of(attributes.get(name))
        is_id = isinstance(value, str | int) and not isinstance(value, bool)
        if is_id and (session := fact_text(value)):
            return NamedSession(name, session)
    return None


def session_of_root(attributes: Attributes) -> NamedSession | None:
    """Return the session that a record without a parent names, which is all of its run."""
    found = session_in(attributes)
    if found is None and OF_A_CONNECTION in attributes:
        session = fact_text(attributes[OF_A_CONNECTION])
        return NamedSession(OF_A_CONNECTION, session) if session else None
    return found
