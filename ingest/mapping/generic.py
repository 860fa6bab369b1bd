"""Any other span: a step whose attributes are all kept."""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping.source import Keys, Source
from ingest.wire.span import Attributes

NAME = "generic"


def recognises(keys: Keys, scope: str) -> bool:
    """True: it is the last resort."""
    return True


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the one fact that is sure."""
    return {"node_kind": NodeKind.STEP}
