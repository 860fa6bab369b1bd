"""node.observed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.node_facts import NodeFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeObserved(NodeFacts):
    """A node reported whole or in part after the fact: a finished span, a log record, an imported line."""

    KIND: ClassVar[str] = "node.observed"
