"""node.started"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.node_facts import NodeFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarted(NodeFacts):
    """A node begins; sent at once, so that a live page can show work in progress."""

    KIND: ClassVar[str] = "node.started"
