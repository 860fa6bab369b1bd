"""What Mastra adds to spans of the GenAI convention (`mastra.*`): inputs and outputs of what is no call of a model.

    mastra.span.type           agent_run, workflow_run, model_generation, model_step, …
    mastra.agent_run.input     under the name of its type

Source: `@mastra/otel-exporter`. Its session is `mastra.metadata.sessionId` or `.threadId`.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping.bodies import take_body
from ingest.mapping.source import Keys, Source
from ingest.wire.span import Attributes

NAME = "mastra"
TYPE = "mastra.span.type"
AGENT = "agent_run"


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record has the type that Mastra gives each span."""
    return TYPE in keys


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return what GenAI's names do not tell, taken out of `rest`."""
    named = rest.get(TYPE)
    kind = NodeKind.AGENT if named == AGENT else NodeKind.STEP
    asked = take_body(rest, f"mastra.{named}.input", "user")
    said = take_body(rest, f"mastra.{named}.output", "assistant")
    return {"node_kind": kind, "input": asked.text, "output": said.text}
