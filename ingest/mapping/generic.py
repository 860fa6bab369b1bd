"""Any other span: a step whose attributes are all kept."""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.wire.span import Attributes

NAME = "generic"


def recognises(attributes: Attributes) -> bool:
    """True: it is the last resort."""
    return True


def fill(rest: Attributes, name: str) -> dict[str, Any]:
    """Return the one fact that is sure."""
    return {"node_kind": NodeKind.STEP}
