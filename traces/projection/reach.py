"""The rows within reach of one pass: looked up before, changed in memory, written after.

No event asks the database for anything: what a pass may touch is fetched in one query per table, and what it
changed goes back by one COPY per table.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliberation.events import CandidateProposed, Event
from traces.projection.states import CandidateState, NodeState, RunState
from traces.projection.tables import CANDIDATES, EDGES, NODES, VERDICTS
from traces.projection.tally import Tally, tally

Key = tuple[uuid.UUID, str]
MAX_ENTRIES = 1_000
"""Of one node. A root that a search scores a hundred thousand times would copy them all at each score."""


@dataclass(slots=True)
class Reach:
    """The rows of one pass, by (run, node). `before` is what each node last added to its run's sums."""

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

    def candidate(self, run: RunState, node_id: str) -> CandidateState:
        """Return the candidate that the node holds, made now if this is the first to say so."""
        key = (run.id, node_id)
        if key not in self.candidates:
            self.candidates[key] = CandidateState(run_id=run.id, node_id=node_id)
        return self.candidates[key]

    def load(self, events: Mapping[uuid.UUID, Iterable[Event]]) -> None:
        """Fetch what is stored of the nodes that these events name, and of their parents."""
        wanted: set[Key] = set()
        proposed: set[Key] = set()
        for run_id, sequence in events.items():
            if self.runs[run_id].size == 0:
                continue  # a new run has nothing stored
            for event in sequence:
                wanted.update((run_id, node_id) for node_id in _named_by(event))
                if isinstance(event, CandidateProposed):
                    proposed.add((run_id, event.node))
        if wanted:
            self._remember(NODES.fetch(*zip(*wanted, strict=True)))
        if proposed:
            self._remember_candidates(CANDIDATES.fetch(*zip(*proposed, strict=True)))

    def load_waiting(self) -> bool:
        """Fetch the stored nodes that wait for a parent which arrived in this pass. True when there are any."""
        arrived = [
            key
            for key in self.touched - self.stored_nodes
            if self.runs[key[0]].size and self.runs[key[0]].orphans
        ]
        if not arrived:
            return False
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {NODES.selected} FROM {NODES.name} "
                "JOIN unnest(%s::uuid[], %s::text[]) AS arrived (run_id, parent_id) "
                "USING (run_id, parent_id) WHERE parent_ordinal IS NULL",
                [[key[0] for key in arrived], [key[1] for key in arrived]],
            )
            waiting = cursor.fetchall()
        self._remember(waiting)
        return bool(waiting)

    def save(self) -> None:
        """Write what changed.

        Changed rows are replaced: to Postgres an update of an indexed column is a new row as well, and so there is
        one way in, the fast one.
        """
        replaced = self.touched & self.stored_nodes
        if replaced:
            NODES.delete(*zip(*replaced, strict=True))
        if self.touched:
            NODES.copy(NODES.row_of(self.nodes[key]) for key in sorted(self.touched))
        if self.stored_candidates:
            CANDIDATES.delete(*zip(*self.stored_candidates, strict=True))
        if self.candidates:
            CANDIDATES.copy(CANDIDATES.row_of(row) for row in self.candidates.values())
        if self.verdicts:
            VERDICTS.copy(self.verdicts)
        if self.edges:
            EDGES.copy(self.edges)

    def _remember(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            node = NodeState.of(row)
            key = (node.run_id, node.node_id)
            if key not in self.nodes:
                self.nodes[key] = node
                self.stored_nodes.add(key)
                self.before[key] = tally(node)

    def _remember_candidates(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            candidate = CandidateState.of(row)
            key = (candidate.run_id, candidate.node_id)
            self.candidates[key] = candidate
            self.stored_candidates.add(key)


def _named_by(event: Event) -> Iterable[str]:
    named = (getattr(event, "node", None), getattr(event, "parent", None))
    return (node_id for node_id in named if node_id is not None)
