"""A use of a tool that is told twice, one report right under the other, is one use.

An agent's framework tells of a tool, and under it the client of a protocol of the request that this use made. The
outer report counts: it has the arguments and the result. Only what names its instrumentation is another report; a
function that calls itself is used again. Decided at each event of the inner node and when it finds its parent, so that
the order of the events alone decides.
"""

from __future__ import annotations

from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import NodeKind
from traces.projection.states import NodeState

SEPARATORS = (".", "_", ":", "/", "-")
"""What stands between a server's name and its tool's, where a framework joins them."""


def may_be_told_above(event: NodeFacts) -> bool:
    """Return True when an event can make its node a second report of a use."""
    return event.node_kind is NodeKind.TOOL_CALL


def note_same_use(node: NodeState, parent: NodeState) -> None:
    """Mark a node as told by its parent, where it is the same use of the same tool."""
    if node.kind != NodeKind.TOOL_CALL.value or parent.kind != NodeKind.TOOL_CALL.value:
        return
    if node.instrumentation is not None and _is_same(node.tool, parent.tool):
        node.twin_of = f"{parent.run_id}:{parent.node_id}"


def _is_same(inner: str | None, outer: str | None) -> bool:
    if not inner or not outer:
        return False
    return inner == outer or outer.endswith(tuple(mark + inner for mark in SEPARATORS))
