"""Parents and children find each other, whichever comes first."""

from __future__ import annotations

from traces.projection.below import tell_those_above
from traces.projection.reach import Key, Reach
from traces.projection.same_use import note_same_use
from traces.projection.states import NodeState
from traces.projection.sums import move_sums


def link(reach: Reach, key: Key) -> None:
    """Give a node its parent's ordinal if the parent is here, and its own to the children that waited for it."""
    node = reach.nodes[key]
    parent = reach.nodes.get((key[0], node.parent_id)) if node.parent_id is not None else None
    if parent is not None:
        node.parent_ordinal = parent.ordinal
        note_same_use(node, parent)
    elif node.parent_id is not None and node.parent_ordinal is None:
        reach.wait(key)
    for child in reach.awaited.pop(key, ()):
        _adopt(reach, node, child)


def _adopt(reach: Reach, parent: NodeState, key: Key) -> None:
    child = reach.nodes[key]
    if child.parent_id != parent.node_id or child.parent_ordinal is not None:
        return  # it has found another parent meanwhile
    child.parent_ordinal = parent.ordinal
    child.changed_seq = max(child.changed_seq, parent.ordinal)
    note_same_use(child, parent)
    reach.touched.add(key)
    move_sums(reach, key)
    tell_those_above(reach, key)
