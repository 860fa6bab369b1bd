"""What a node lets those above it know."""

from __future__ import annotations

from typing import NamedTuple

from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import NodeKind
from traces.projection.states import NodeState
from traces.projection.tally import states_amounts


class Carried(NamedTuple):
    """Whether a call, and whether a statement of tokens or money, is in the node or below it."""

    call: bool
    usage: bool


def carried_by(node: NodeState) -> Carried:
    """Return what a node carries up. A tool's calls are its own: no call above it repeats them."""
    if node.kind == NodeKind.TOOL_CALL.value:
        return Carried(call=False, usage=False)
    return Carried(
        call=node.calls_below or node.kind == NodeKind.MODEL_CALL.value,
        usage=node.usage_below or states_amounts(node),
    )


def may_carry(event: NodeFacts) -> bool:
    """Return True when an event can make its node carry something."""
    is_call = event.node_kind is NodeKind.MODEL_CALL
    return is_call or event.usage is not None or event.cost is not None
