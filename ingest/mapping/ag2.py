"""AG2's accounts of what was used (`ag2.usage.*`), which stand beside the calls that they account for.

Its middleware writes a span for each call and another one for the same tokens; only what is no call of the agent's own
(a sub-task, a history that was compacted, memories that were put together) has the second span alone.
Source: `ag2/_telemetry_consts.py`, `ag2/middleware/builtin/telemetry.py`.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping.source import Keys, Source
from ingest.mapping.usage import SUMS, take_usage
from ingest.wire.span import Attributes

NAME = "ag2"
ACCOUNT = "ag2.usage.kind"
REPEATED = "model_call"


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record accounts for usage; AG2's other spans follow the GenAI convention."""
    return ACCOUNT in keys


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return what was used, unless the span of the call beside it says so; its attributes then stay."""
    usage = None if rest.get(ACCOUNT) == REPEATED else take_usage(rest, SUMS)
    return {"node_kind": NodeKind.STEP, "usage": usage}
