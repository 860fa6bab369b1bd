"""A node's row in memory as a row of the tree's bones: the same rules as `traces.queries.columns` has in SQL."""

from __future__ import annotations

from deliberation.vocabulary import NodeStatus
from traces.analytics.billing import adds_tokens
from traces.analytics.tree import ORPHAN, ROOT
from traces.playback.words import Words
from traces.projection.states import NodeState
from traces.queries.amounts import add_known
from traces.queries.tree import in_micro_dollars

ERROR, RUNNING = NodeStatus.ERROR.value, NodeStatus.RUNNING.value


def bones_of(
    node: NodeState,
    *,
    names: dict[str, Words],
    since_ns: int | None,
    is_answer: bool,
    verifiers: str | None,
) -> tuple[int | None, ...]:
    """Return the row's values in the order of `changes.NODE_COLUMNS`.

    But for `start`: it is in ns, and since a moment that never moves. When a run began is known better with time, and
    then all starts of its bones are others; the reader subtracts.
    """
    started = node.started_ns
    counts = node.aside is None
    has_tokens = counts and adds_tokens(node.kind)
    return (
        node.ordinal,
        _parent(node),
        None if started is None or since_ns is None else started - since_ns,
        names["kind"].number(node.kind),
        names["fate"].number(node.fate),
        names["reason"].number(node.fate_reason),
        names["verdict"].number(node.verdict),
        names["verifier"].number(verifiers),
        in_micro_dollars(node.cost) if counts and node.cost is not None else None,
        add_known([node.input_tokens, node.output_tokens]) if has_tokens else None,
        _flags(node, is_answer=is_answer),
    )


def _parent(node: NodeState) -> int:
    if node.parent_ordinal is not None:
        return int(node.parent_ordinal)
    return ROOT if node.parent_id is None else ORPHAN


def _flags(node: NodeState, *, is_answer: bool) -> int:
    # Added up in one go, and not over a list of them: this runs at every change of every node.
    flags: int = (
        (node.status == ERROR)
        + 2 * (node.status == RUNNING)
        + 4 * bool(node.is_candidate)
        + 8 * is_answer
        + 16 * (node.value is not None or node.fate_value is not None)
        + 32 * (node.visits is not None)
        + 64 * (node.prior is not None)
        + 128 * (node.value_min is not None or node.value_max is not None)
    )
    return flags
