"""What the Vercel AI SDK adds to spans of the GenAI convention from its seventh version on (`ai.*`).

Its package `@ai-sdk/otel` writes GenAI's names, and on request what these have no words for: what
providers say, texts that are embedded, documents that are ranked.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping import genai
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import take_text
from ingest.mapping.vercel_messages import LOOKED_UP, take_looked_up
from ingest.mapping.vercel_metadata import METADATA, metadata_of, reported_cost
from ingest.wire.span import Attributes

NAME = "vercel-beside-genai"

ADDED = frozenset({*METADATA, *LOOKED_UP})


def recognises(keys: Keys, scope: str) -> bool:
    """True when a GenAI span carries what the SDK adds."""
    return "gen_ai.operation.name" in keys and not ADDED.isdisjoint(keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return what GenAI's rules cannot; spans above the calls repeat what providers said of the last."""
    facts: dict[str, Any] = {"input": take_looked_up(rest), "output": take_text(rest, "ai.ranking")}
    if facts["output"] is not None:
        facts["node_kind"] = NodeKind.RETRIEVAL
    if genai.kind_of(rest) is NodeKind.MODEL_CALL:
        facts["cost"] = reported_cost(metadata_of(rest))
    return facts
