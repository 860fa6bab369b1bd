"""What hangs under a node: whether calls do, and whether tokens are stated there.

An outer span repeats the tokens of the call it wraps, an agent those of all its calls. So that each is counted once, a
node learns what is below it. Each of its two flags is set at most once and never taken back: over a run's life all the
climbing together takes as many steps as there are nodes, however deep the tree. It happens after each event, so that
the flags depend on the order of the events alone, also where these contradict one another.
"""

from __future__ import annotations

from traces.projection.carried import Carried, carried_by
from traces.projection.reach import Key, Reach
from traces.projection.states import NodeState
from traces.projection.sums import move_sums


def tell_those_above(reach: Reach, key: Key) -> None:
    """Climb from a node as long as what it carries is news to those above."""
    node = reach.nodes[key]
    while node.parent_ordinal is not None:
        carried = carried_by(node)
        if not (carried.call or carried.usage):
            return
        above = (key[0], node.parent_id)
        if above not in reach.nodes:
            reach.load_ancestors([(above, carried)])
        parent = reach.nodes[above]
        if not _tell(parent, carried):
            return
        reach.touched.add(above)
        move_sums(reach, above)
        key, node = above, parent


def _tell(parent: NodeState, carried: Carried) -> bool:
    """Set what the parent did not know; False when that is nothing."""
    news = (carried.call and not parent.calls_below) or (carried.usage and not parent.usage_below)
    parent.calls_below = parent.calls_below or carried.call
    parent.usage_below = parent.usage_below or carried.usage
    return bool(news)
