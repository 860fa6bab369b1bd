"""Fold numbered events into rows: the one projector, used by `record` and by `rebuild`.

The caller holds the locks of the runs' rows. Everything here happens in the caller's transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, localcontext
from typing import Any

from django.db import connection

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    EdgeDrawn,
    Event,
    FateDecided,
    GapReported,
    MessageObserved,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.events.node_facts import NodeFacts
from traces.projection import nodes as on_node
from traces.projection import runs as on_run
from traces.projection.states import CandidateState, NodeState, RunState
from traces.projection.tables import CANDIDATES, EDGES, NODES, VERDICTS
from traces.projection.tally import NOTHING, Tally, move, note_provenance, tally
from traces.projection.texts import PREVIEW_CHARS, cut, fact

Key = tuple[uuid.UUID, str]
MAX_ENTRIES = 1_000
"""Of one node. A root that a search scores a hundred thousand times would copy them all at each score."""
EXACT = Context(prec=60)
"""Python's own 28 digits would round sums of 12 + 18, and differently in another order."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in its run's ledger."""

    seq: int
    event: Event


@dataclass(slots=True)
class Fold:
    """The rows in reach of one pass, by (run, node)."""

    runs: Mapping[uuid.UUID, RunState]
    nodes: dict[Key, NodeState] = field(default_factory=dict)
    before: dict[Key, Tally] = field(default_factory=dict)
    stored_nodes: set[Key] = field(default_factory=set)
    touched: set[Key] = field(default_factory=set)
    candidates: dict[Key, CandidateState] = field(default_factory=dict)
    stored_candidates: set[Key] = field(default_factory=set)
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)
    edges: list[tuple[Any, ...]] = field(default_factory=list)

    def node(self, run: RunState, node_id: str, seq: int) -> NodeState:
        """Return the node's row, made now if this entry is the first to name it, and mark it as changed."""
        key = (run.id, node_id)
        node = self.nodes.get(key)
        if node is None:
            node = NodeState(run_id=run.id, node_id=node_id, ordinal=seq, entries=[])
            self.nodes[key] = node
        if not node.entries or node.entries[-1] != seq:
            node.entries.append(seq)
            if len(node.entries) > MAX_ENTRIES:
                del node.entries[MAX_ENTRIES // 2]
        node.changed_seq = seq
        self.touched.add(key)
        return node


def project(
    runs: Mapping[uuid.UUID, RunState], numbered: Mapping[uuid.UUID, Sequence[Numbered]]
) -> None:
    """Fold events into the rows of their runs and write the rows; `runs` are changed in place, not written.

    Runs with a `size` of 0 are new: nothing is looked up for them. What a run's row says depends on the order of
    the events alone, never on how they were cut into passes: a rebuild cuts them differently.
    """
    fold = Fold(runs)
    _load(fold, numbered)
    with localcontext(EXACT):
        for run_id, sequence in numbered.items():
            run = runs[run_id]
            for each in sequence:
                _apply(fold, run, each.event, each.seq)
                node_id = getattr(each.event, "node", None)
                if node_id is not None:
                    _account(fold, run, (run_id, node_id))
        _link_parents(fold)
    _save(fold)


def _apply(fold: Fold, run: RunState, event: Event, seq: int) -> None:
    if isinstance(event, NodeFacts):
        on_node.apply_facts(fold.node(run, event.node, seq), event)
    elif isinstance(event, MessageObserved):
        on_node.apply_message(fold.node(run, event.node, seq), event)
    elif isinstance(event, NodeScored):
        on_node.apply_score(fold.node(run, event.node, seq), event)
    elif isinstance(event, FateDecided):
        on_node.apply_fate(fold.node(run, event.node, seq), event)
    elif isinstance(event, CandidateProposed):
        candidate = fold.candidates.setdefault(
            (run.id, event.node), CandidateState(run_id=run.id, node_id=event.node)
        )
        on_node.apply_candidate(fold.node(run, event.node, seq), candidate, event, seq)
    elif isinstance(event, VerdictGiven):
        on_node.apply_verdict(fold.node(run, event.node, seq), event)
        run.verdicts += 1
        fold.verdicts.append(_verdict_row(run.id, seq, event))
    elif isinstance(event, EdgeDrawn):
        fold.edges.append((run.id, seq, event.edge.value, event.source, event.target))
    elif isinstance(event, AnswerSelected):
        on_node.select(fold.node(run, event.node, seq), event.at, event.rule)
        on_run.apply_selection(run, event)
    elif isinstance(event, RunStarted):
        on_run.apply_start(run, event)
    elif isinstance(event, RunEnded):
        on_run.apply_end(run, event, seq)
    elif isinstance(event, GapReported):
        on_run.apply_gap(run, event)


def _load(fold: Fold, numbered: Mapping[uuid.UUID, Sequence[Numbered]]) -> None:
    wanted: set[Key] = set()
    proposed: set[Key] = set()
    for run_id, sequence in numbered.items():
        if fold.runs[run_id].size == 0:
            continue
        for each in sequence:
            node_id = getattr(each.event, "node", None)
            if node_id is not None:
                wanted.add((run_id, node_id))
                parent_id = getattr(each.event, "parent", None)
                if parent_id is not None:
                    wanted.add((run_id, parent_id))
                if isinstance(each.event, CandidateProposed):
                    proposed.add((run_id, node_id))
    if wanted:
        _remember(fold, NODES.fetch(*zip(*wanted, strict=True)))
    if proposed:
        for row in CANDIDATES.fetch(*zip(*proposed, strict=True)):
            candidate = CandidateState.of(row)
            key = (candidate.run_id, candidate.node_id)
            fold.candidates[key] = candidate
            fold.stored_candidates.add(key)


def _remember(fold: Fold, rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        node = NodeState.of(row)
        key = (node.run_id, node.node_id)
        if key not in fold.nodes:
            fold.nodes[key] = node
            fold.stored_nodes.add(key)
            fold.before[key] = tally(node)


def _account(fold: Fold, run: RunState, key: Key) -> None:
    """Bring the run's row up to what the node's row says after one event."""
    node = fold.nodes[key]
    if node.parent_id is not None and node.parent_ordinal is None:
        parent = fold.nodes.get((run.id, node.parent_id))
        node.parent_ordinal = parent and parent.ordinal
    _move_sums(fold, run, key, node)
    note_provenance(run, node)
    if node.model is not None:
        on_run.note_model(run, node.model)
    if node.started_ns is not None and (run.started_ns is None or node.started_ns < run.started_ns):
        run.started_ns = node.started_ns


def _move_sums(fold: Fold, run: RunState, key: Key, node: NodeState) -> None:
    before, after = fold.before.get(key, NOTHING), tally(node)
    if after != before:
        move(run, before, after)
        fold.before[key] = after


def _link_parents(fold: Fold) -> None:
    """Give children that waited the ordinal of a parent that arrived just now."""
    _link(fold)
    created = [key for key in fold.touched if key not in fold.stored_nodes]
    waiting = _waiting_for(fold, created)
    if waiting:
        _remember(fold, waiting)
        _link(fold)


def _link(fold: Fold) -> None:
    for key, node in fold.nodes.items():
        if node.parent_id is None or node.parent_ordinal is not None:
            continue
        parent = fold.nodes.get((key[0], node.parent_id))
        if parent is not None:
            node.parent_ordinal = parent.ordinal
            node.changed_seq = max(node.changed_seq, parent.ordinal)
            fold.touched.add(key)
            _move_sums(fold, fold.runs[key[0]], key, node)


def _waiting_for(fold: Fold, created: Sequence[Key]) -> list[tuple[Any, ...]]:
    parents = [key for key in created if fold.runs[key[0]].size and fold.runs[key[0]].orphans]
    if not parents:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {NODES.selected} FROM {NODES.name} "
            "JOIN unnest(%s::uuid[], %s::text[]) AS arrived (run_id, parent_id) USING (run_id, parent_id) "
            "WHERE parent_ordinal IS NULL",
            [[key[0] for key in parents], [key[1] for key in parents]],
        )
        return list(cursor.fetchall())


def _save(fold: Fold) -> None:
    # Changed rows are replaced: to Postgres an update of an indexed column is a new row as well, and so there
    # is one way in, the fast one.
    replaced = fold.touched & fold.stored_nodes
    if replaced:
        NODES.delete(*zip(*replaced, strict=True))
    if fold.touched:
        NODES.copy(NODES.row_of(fold.nodes[key]) for key in sorted(fold.touched))
    if fold.stored_candidates:
        CANDIDATES.delete(*zip(*fold.stored_candidates, strict=True))
    if fold.candidates:
        CANDIDATES.copy(CANDIDATES.row_of(row) for row in fold.candidates.values())
    if fold.verdicts:
        VERDICTS.copy(fold.verdicts)
    if fold.edges:
        EDGES.copy(fold.edges)


def _verdict_row(run_id: uuid.UUID, seq: int, event: VerdictGiven) -> tuple[Any, ...]:
    values = {
        "run_id": run_id,
        "seq": seq,
        "verdict_id": event.verdict,
        "node_id": event.node,
        "by_node": event.by_node,
        "given_ns": event.at,
        "verifier": fact(event.verifier),
        "version": fact(event.version),
        "verifier_kind": event.verifier_kind and event.verifier_kind.value,
        "outcome": event.outcome.value,
        "score": event.score,
        "score_min": event.scale_min,
        "score_max": event.scale_max,
        "threshold": event.threshold,
        "independence": event.independence and event.independence.value,
        "saw_reference": event.saw_reference,
        "checks_total": event.checks_total,
        "checks_passed": event.checks_passed,
        "cost": event.cost and event.cost.amount,
        "rationale": event.rationale and cut(event.rationale, PREVIEW_CHARS),
    }
    return tuple(values[column] for column in VERDICTS.columns)
