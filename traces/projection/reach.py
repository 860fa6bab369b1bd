"""The rows within reach of one pass: looked up before, changed in memory, written after.

No event asks the database for anything: what a pass may touch is fetched in one query per table, and what it
changed goes back by one COPY per table.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliberation.events import AnswerSelected, CandidateProposed, Event
from deliberation.events.node_facts import NodeFacts
from traces.projection.approval_rows import ApprovalRows
from traces.projection.carried import Carried, may_carry
from traces.projection.control_rows import ControlRows
from traces.projection.remark_rows import RemarkRows
from traces.projection.retention_rows import RetentionRows
from traces.projection.same_use import may_be_told_above
from traces.projection.states import CandidateState, NodeState, RunState
from traces.projection.tables import (
    CANDIDATES,
    DIVERGENCES,
    DRAWS,
    EDGES,
    NODES,
    REMOVALS,
    VERDICTS,
)
from traces.projection.tally import Tally, tally
from traces.projection.verdicts import Distant

Key = tuple[uuid.UUID, str]
MAX_ENTRIES = 1_000
"""Of one node. A root that a search scores a hundred thousand times would copy them all at each score."""

# `given` are nodes to begin at, each with what is to be told: whether of a call, whether of tokens. Each step up is a
# look by key, for OFFSET 0 keeps the planner from joining sets: it takes the few nodes of a step for tens of thousands,
# and read all nodes of the month for each step, 8 s a pass where 670,000 were stored, instead of 60 ms.
ANCESTORS = """
WITH RECURSIVE above AS (
  SELECT node.run_id, node.node_id, node.parent_id, given.call, given.usage,
    node.kind = 'tool_call' OR
    (node.calls_below OR NOT given.call) AND (node.usage_below OR NOT given.usage) AS knows
  FROM unnest(%s::uuid[], %s::text[], %s::bool[], %s::bool[]) AS given (run_id, node_id, call, usage)
  JOIN traces_node AS node USING (run_id, node_id)
  UNION
  SELECT node.run_id, node.node_id, node.parent_id, above.call, above.usage,
    node.kind = 'tool_call' OR
    (node.calls_below OR NOT above.call) AND (node.usage_below OR NOT above.usage)
  FROM above CROSS JOIN LATERAL (
    SELECT run_id, node_id, parent_id, kind, calls_below, usage_below FROM traces_node
    WHERE run_id = above.run_id AND node_id = above.parent_id OFFSET 0
  ) AS node
  WHERE NOT above.knows
)
SELECT DISTINCT run_id, node_id FROM above"""


@dataclass(slots=True)
class Reach:
    """The rows of one pass, by (run, node). `before` is what each node last added to its run's sums.

    `awaited` are the nodes that wait for a parent, by the parent.
    """

    runs: Mapping[uuid.UUID, RunState]
    nodes: dict[Key, NodeState] = field(default_factory=dict)
    before: dict[Key, Tally] = field(default_factory=dict)
    stored_nodes: set[Key] = field(default_factory=set)
    touched: set[Key] = field(default_factory=set)
    awaited: dict[Key, list[Key]] = field(default_factory=dict)
    candidates: dict[Key, CandidateState] = field(default_factory=dict)
    stored_candidates: set[Key] = field(default_factory=set)
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)
    distant: list[Distant] = field(default_factory=list)
    edges: list[tuple[Any, ...]] = field(default_factory=list)
    removals: list[tuple[Any, ...]] = field(default_factory=list)
    draws: list[tuple[Any, ...]] = field(default_factory=list)
    divergences: list[tuple[Any, ...]] = field(default_factory=list)
    control: ControlRows = field(default_factory=ControlRows)
    approvals: ApprovalRows = field(default_factory=ApprovalRows)
    remarks: RemarkRows = field(default_factory=RemarkRows)
    retention: RetentionRows = field(default_factory=RetentionRows)
    trace_links: dict[tuple[uuid.UUID, str, str, str, str], int] = field(default_factory=dict)
    resources: dict[tuple[uuid.UUID, str, str, str], tuple[str | None, int]] = field(
        default_factory=dict
    )

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

    def notice(self, run: RunState, node_id: str | None, seq: int) -> None:
        """Mark a node that is known as changed: something was said about it that is no part of it."""
        node = None if node_id is None else self.nodes.get((run.id, node_id))
        if node is not None:
            node.changed_seq = seq
            self.touched.add((run.id, node.node_id))

    def candidate(self, run: RunState, node_id: str) -> CandidateState:
        """Return the candidate that the node holds, made now if this is the first to say so."""
        key = (run.id, node_id)
        if key not in self.candidates:
            self.candidates[key] = CandidateState(run_id=run.id, node_id=node_id)
        return self.candidates[key]

    def load(self, events: Mapping[uuid.UUID, Sequence[Event]]) -> None:
        """Fetch what is stored of the nodes that these events name, of their parents, and of those that wait for them.

        Of nodes above only those are fetched that will be told of calls or tokens.
        """
        self.control.load(self.runs, events)
        self.approvals.load(self.runs, events)
        self.retention.load(self.runs, events)
        self.load_nodes(self.remarks.load(self.runs, events))
        stored = {run_id: told for run_id, told in events.items() if self.runs[run_id].size}
        wanted = {
            (run_id, node_id)
            for run_id, told in stored.items()
            for event in told
            for node_id in (*_named_by(event), *self._chosen_before(run_id, event))
        }
        if not wanted:
            return  # new runs have nothing stored
        self._remember(NODES.fetch(*zip(*wanted, strict=True)))
        self._load_candidates(stored)
        self._load_waiting(stored)
        self._load_those_above(stored)
        self._load_tools_above(stored)

    def _chosen_before(self, run_id: uuid.UUID, event: Event) -> Iterator[str]:
        if isinstance(event, AnswerSelected) and self.runs[run_id].selected_node is not None:
            yield self.runs[run_id].selected_node

    def _load_candidates(self, stored: Mapping[uuid.UUID, Sequence[Event]]) -> None:
        proposed = {
            (run_id, event.node)
            for run_id, told in stored.items()
            for event in told
            if isinstance(event, CandidateProposed)
        }
        if proposed:
            self._remember_candidates(CANDIDATES.fetch(*zip(*proposed, strict=True)))

    def _load_waiting(self, stored: Mapping[uuid.UUID, Sequence[Event]]) -> None:
        """Fetch the stored nodes that wait for a parent which comes with these events."""
        arriving = {
            (run_id, event.node)
            for run_id, told in stored.items()
            if self.runs[run_id].orphans
            for event in told
            if hasattr(event, "node") and (run_id, event.node) not in self.nodes
        }
        if not arriving:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {NODES.selected} FROM {NODES.name} "
                "JOIN unnest(%s::uuid[], %s::text[]) AS arrived (run_id, parent_id) "
                "USING (run_id, parent_id) WHERE parent_ordinal IS NULL",
                [list(column) for column in zip(*arriving, strict=True)],
            )
            waiting = cursor.fetchall()
        self._remember(waiting)

    def _load_those_above(self, stored: Mapping[uuid.UUID, Sequence[Event]]) -> None:
        carrying = {
            (run_id, parent)
            for run_id, told in stored.items()
            for event in told
            if isinstance(event, NodeFacts) and may_carry(event)
            for parent in self._parents_of(run_id, event)
        }
        known = [(key, Carried(call=True, usage=True)) for key in carrying if key in self.nodes]
        if known:
            self.load_ancestors(known)

    def _load_tools_above(self, stored: Mapping[uuid.UUID, Sequence[Event]]) -> None:
        """Fetch the parents of stored nodes that these events make uses of tools."""
        self.load_nodes(
            (run_id, parent)
            for run_id, told in stored.items()
            for event in told
            if isinstance(event, NodeFacts) and may_be_told_above(event)
            for parent in self._parents_of(run_id, event)
        )

    def _parents_of(self, run_id: uuid.UUID, event: NodeFacts) -> Iterator[str]:
        node = self.nodes.get((run_id, event.node))
        if event.parent is not None:
            yield event.parent
        if node is not None and node.parent_id is not None:
            yield node.parent_id

    def wait(self, key: Key) -> None:
        """Note that a node waits for its parent."""
        self.awaited.setdefault((key[0], self.nodes[key].parent_id), []).append(key)

    def load_nodes(self, keys: Iterable[Key]) -> None:
        """Fetch what is stored of these nodes."""
        wanted = {key for key in keys if key not in self.nodes}
        if wanted:
            self._remember(NODES.fetch(*zip(*wanted, strict=True)))

    def load_ancestors(self, told: Sequence[tuple[Key, Carried]]) -> None:
        """Fetch stored nodes that are to be told something, and those above, up to the first that knows it."""
        with connection.cursor() as cursor:
            cursor.execute(
                ANCESTORS,
                [
                    [key[0] for key, _ in told],
                    [key[1] for key, _ in told],
                    [carried.call for _, carried in told],
                    [carried.usage for _, carried in told],
                ],
            )
            above = cursor.fetchall()
        self.load_nodes((run_id, node_id) for run_id, node_id in above)

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
        self._append()
        self.control.save()
        self.approvals.save()
        self.remarks.save()
        self.retention.save()

    def _append(self) -> None:
        """Write the rows that are only ever added."""
        for table, rows in (
            (VERDICTS, self.verdicts),
            (EDGES, self.edges),
            (REMOVALS, self.removals),
            (DRAWS, self.draws),
            (DIVERGENCES, self.divergences),
        ):
            if rows:
                table.copy(rows)

    def _remember(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            node = NodeState.of(row)
            key = (node.run_id, node.node_id)
            if key not in self.nodes:
                self.nodes[key] = node
                self.stored_nodes.add(key)
                self.before[key] = tally(node)
                if node.parent_id is not None and node.parent_ordinal is None:
                    self.wait(key)

    def _remember_candidates(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            candidate = CandidateState.of(row)
            key = (candidate.run_id, candidate.node_id)
            self.candidates[key] = candidate
            self.stored_candidates.add(key)


def _named_by(event: Event) -> Iterable[str]:
    named = (getattr(event, "node", None), getattr(event, "parent", None))
    return (node_id for node_id in named if node_id is not None)
