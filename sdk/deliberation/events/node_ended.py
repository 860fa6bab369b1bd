"""node.ended"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.node_facts import NodeFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEnded(NodeFacts):
    """A node's work is over. An end is never taken back by a start that arrives later."""

    KIND: ClassVar[str] = "node.ended"
