"""What events do to a node's row.

A late fact adds and never erases. Where two reports disagree the row is marked, and the later entry stands, but a
start never overrules an end.
"""

from __future__ import annotations

from typing import Any

from deliberation.events import (
    CandidateProposed,
    MessageObserved,
    NodeScored,
    NodeStarted,
    VerdictGiven,
)
from deliberation.events.fate_decided import FateDecided
from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    Fate,
    MessageDirection,
    NodeKind,
    NodeStatus,
    TextVisibility,
)
from traces.projection.states import CandidateState, NodeState
from traces.projection.texts import ANSWER_CHARS, PREVIEW_CHARS, cut, fact, preview

GRAVITY = ("accept", "unsure", "timeout", "error", "reject")
"""Outcomes of verdicts, the gravest last."""

ENDED = (NodeStatus.OK.value, NodeStatus.ERROR.value, NodeStatus.CANCELLED.value)
MAX_TOKENS = 10**12
"""Of one node. More is a mistake of its source; a few of them would not fit into a run's sum."""
PLAIN_FACTS = (
    "model",
    "provider",
    "tool",
    "rank",
    "depth",
    "cost_basis",
    "response_id",
    "instrumentation",
    "call_key",
    "recorded_seq",
)


def apply_facts(node: NodeState, event: NodeFacts) -> None:
    """Fold what a source reports of the node itself."""
    overrules = not (isinstance(event, NodeStarted) and node.status in ENDED)
    if event.parent is not None and event.parent != event.node:
        known = node.parent_id
        _settle(node, "parent_id", event.parent, overrules)
        if node.parent_id != known:
            node.parent_ordinal = None
    if event.node_kind is not None:
        _settle_kind(node, event.node_kind.value, overrules)
    for name in PLAIN_FACTS:
        value = getattr(event, name)
        if value is not None:
            _settle(node, name, fact(value) if isinstance(value, str) else value, overrules)
    if event.call_sort is not None:
        _settle(node, "call_sort", event.call_sort.value, overrules)
    if event.name is not None:
        _settle(node, "name", cut(event.name, PREVIEW_CHARS), overrules)
    _apply_visibility(node, event)
    _apply_times(node, event, overrules)
    _apply_status(node, event)
    _apply_amounts(node, event)
    _apply_texts(node, event)


def apply_message(node: NodeState, event: MessageObserved) -> None:
    """Show what a model answered, where the answer came as a message of its own."""
    if event.message and event.direction is MessageDirection.OUTPUT:
        node.preview = preview(event.message)


def apply_score(node: NodeState, event: NodeScored) -> None:
    """Fold a search's number; the latest stands, the earlier ones stay in the ledger."""
    for column, value in (
        ("value", event.value),
        ("value_min", event.scale_min),
        ("value_max", event.scale_max),
        ("scorer", fact(event.scorer)),
        ("visits", event.visits),
        ("prior", event.prior),
        ("rank", event.rank),
    ):
        if value is not None:
            setattr(node, column, value)


def apply_fate(node: NodeState, event: FateDecided) -> None:
    """Fold a decision; the one that the source dates latest stands, whatever order they arrive in."""
    if event.wrongly is not None:
        node.wrongly_discarded = event.wrongly
    decided_at = event.at if event.at is not None else 0
    if node.fate_at is not None and decided_at < node.fate_at:
        return
    node.fate, node.fate_at = event.fate.value, decided_at
    node.fate_reason = event.reason.value if event.reason else None
    node.fate_by, node.fate_verdict = fact(event.by), event.verdict
    node.fate_value, node.fate_cutoff = event.value, event.cutoff
    node.fate_rank, node.fate_votes = event.rank, event.votes


def select(node: NodeState, at: int | None, rule: str | None) -> None:
    """Mark the node as the answer, unless something later was decided about it."""
    decided_at = at if at is not None else 0
    if node.fate_at is None or decided_at >= node.fate_at:
        node.fate, node.fate_at, node.fate_by = Fate.SELECTED.value, decided_at, fact(rule)
        node.fate_reason = node.fate_value = node.fate_cutoff = None


def apply_candidate(
    node: NodeState, candidate: CandidateState, event: CandidateProposed, seq: int
) -> None:
    """Fold an answer that the node holds."""
    node.is_candidate = True
    candidate.seq = seq
    for column, value in (
        ("answer", event.answer and cut(event.answer, ANSWER_CHARS)),
        ("normalised", event.normalised and cut(event.normalised, ANSWER_CHARS)),
        ("normaliser", fact(event.normaliser)),
        ("cluster", fact(event.cluster)),
        ("votes", event.votes),
        ("weight", event.weight),
        ("correct", event.correct),
    ):
        if value is not None:
            setattr(candidate, column, value)
    if event.answer is not None:
        node.answer = preview(event.answer)
        node.preview = node.preview or node.answer
    if event.cluster is not None:
        node.cluster = fact(event.cluster)


def apply_verdict(node: NodeState, event: VerdictGiven) -> None:
    """Note the latest outcome on the judged node, of several at once the gravest; each verdict has its own row."""
    given = (event.at if event.at is not None else 0, GRAVITY.index(event.outcome.value))
    if node.verdict is None or given >= (node.verdict_at or 0, GRAVITY.index(node.verdict)):
        node.verdict, node.verdict_at = event.outcome.value, given[0]


def _settle(node: NodeState, column: str, value: Any, overrules: bool) -> None:
    known = getattr(node, column)
    if known is None:
        setattr(node, column, value)
    elif known != value:
        node.contradicted = True
        if overrules:
            setattr(node, column, value)


def _settle_kind(node: NodeState, kind: str, overrules: bool) -> None:
    if node.kind == NodeKind.STEP.value:
        node.kind = kind
    elif kind not in (NodeKind.STEP.value, node.kind):
        node.contradicted = True
        if overrules:
            node.kind = kind


def _apply_times(node: NodeState, event: NodeFacts, overrules: bool) -> None:
    started = event.started_at
    if started is None and isinstance(event, NodeStarted):
        started = event.at
    if started is not None:
        _settle(node, "started_ns", started, overrules)
    ended = event.ended_at
    if ended is None and event.KIND == "node.ended":
        ended = event.at
    if ended is not None:
        _settle(node, "ended_ns", ended, overrules=True)


def _apply_visibility(node: NodeState, event: NodeFacts) -> None:
    """Fold how much can be read: a report that brings no text does not hide what another brought."""
    said = event.text_visibility
    if said is not None and (said is not TextVisibility.NONE or node.text_visibility is None):
        node.text_visibility = said.value


def _apply_status(node: NodeState, event: NodeFacts) -> None:
    status = event.status.value if event.status else None
    if status is None:
        if event.KIND == "node.ended" or event.ended_at is not None:
            status = NodeStatus.OK.value
        elif event.KIND == "node.started":
            status = NodeStatus.RUNNING.value
        else:
            return
    if node.status not in ENDED or (status in ENDED and event.status is not None):
        node.status = status
    if node.status == NodeStatus.ERROR.value and node.fate_at is None:
        node.fate = Fate.FAILED.value


def _apply_amounts(node: NodeState, event: NodeFacts) -> None:
    if event.usage is not None:
        for name in ("input", "cache_read", "cache_write", "output", "reasoning"):
            tokens = getattr(event.usage, name)
            if tokens is not None and 0 <= tokens <= MAX_TOKENS:
                setattr(node, f"{name}_tokens", tokens)
    cost = event.cost
    if cost is not None and cost.amount is not None and _is_in_dollars(cost):
        node.cost, node.cost_provenance = cost.amount, cost.provenance.value
        node.price_table = fact(cost.price_table)


def _is_in_dollars(cost: Cost) -> bool:
    # Sums are in US dollars; what another currency is worth is not known here.
    return cost.currency == "USD" and cost.provenance is not CostProvenance.ABSENT


def _apply_texts(node: NodeState, event: NodeFacts) -> None:
    said = event.text if event.text is not None else event.output
    if said:
        node.preview = preview(said)
    elif event.input and node.preview is None:
        node.preview = preview(event.input)
    if event.reasoning:
        node.reasoning_chars = max(len(event.reasoning), node.reasoning_chars or 0)
    if event.error is not None:
        # Two reports of one failure differ in detail, and either may come last.
        told = (cut(event.error, PREVIEW_CHARS), node.error or "")
        node.error = max(told, key=lambda text: (len(text), text))
