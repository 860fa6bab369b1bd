"""A run's ledger folded in memory, entry by entry, each change noted: what a rebuild would make of its beginning.

It is the one projector that folds, with nothing loaded and nothing written, so that the truth at n cannot be another
here than there. One thing does not come from the run's own entries: that another instrumentation told of the same
response, which is settled over runs (`traces.actions.settle_responses`). A call is set aside for that from the entry on
at which both reports are here, and from its first one where the other stands in another run.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from decimal import localcontext

from deliberation.events import Event
from traces.analytics.billing import is_told_again
from traces.analytics.named_node import node_named
from traces.models import Run
from traces.models.run import FINAL
from traces.playback.bones import bones_of
from traces.playback.changes import Changes
from traces.playback.lead import Lead
from traces.playback.marks import mark_of
from traces.playback.run_values import RunValues
from traces.projection.project import EXACT, Numbered, fold
from traces.projection.reach import Key, Reach
from traces.projection.states import NodeState, RunState
from traces.projection.sums import move_sums
from traces.projection.tables import VERDICTS
from traces.projection.verdicts import is_distant
from traces.queries.candidates import label_of
from traces.queries.columns import BESIDE

JUDGED, JUDGE = VERDICTS.columns.index("node_id"), VERDICTS.columns.index("verifier")


class Memory(Reach):
    """Rows that are in memory alone. Which entries speak of a node is not kept: the changes say it."""

    def node(self, run: RunState, node_id: str, seq: int) -> NodeState:
        """Return the node's row, made now if this entry is the first to name it, and mark it as changed."""
        key = (run.id, node_id)
        node = self.nodes.get(key)
        if node is None:
            node = self.nodes[key] = NodeState(run_id=run.id, node_id=node_id, ordinal=seq)
        node.changed_seq = seq
        self.touched.add(key)
        return node

    def forget_written(self) -> None:
        """Let go of what would be written to tables: nobody reads it here."""
        self.touched.clear()
        for rows in (self.verdicts, self.distant, self.edges, self.trace_links, self.resources):
            rows.clear()


class Fold:
    """The rows of a run as of its entry `changes.size` - 1, and the changes up to it.

    `twins` are the calls that another report takes the place of, by node id, as run:node.
    """

    def __init__(self, run: Run, twins: Mapping[str, str]) -> None:
        self.changes = Changes()
        self._run = RunState(
            run_id=run.id, project_id=run.project_id, source=run.source, trace_id=run.trace_id
        )
        self._memory = Memory({run.id: self._run})
        self._lead = Lead()
        self._values = RunValues(self._run, self.changes.names)
        self._verifiers: dict[str, list[str]] = {}
        self._since_ns: int | None = None
        self._heard_ns: int | None = None
        self._twins = dict(twins)
        self._outdone = _by_other(run.id, twins)

    def take(self, events: Iterable[Numbered]) -> None:
        """Fold the next entries of the ledger."""
        with localcontext(EXACT):
            for each in events:
                self._take(each)

    def _take(self, each: Numbered) -> None:
        run, memory = self._run, self._memory
        memory.forget_written()
        answer = run.selected_node
        fold(memory, run, each)
        self._note_verifiers()
        self._set_twins_aside()
        if run.selected_node != answer:
            memory.touched |= {(run.id, node_id) for node_id in (answer, run.selected_node)}
        if self._since_ns is None:
            self._since_ns = run.started_ns if run.started_ns is not None else each.event.at
        if each.event.at is not None:
            self._heard_ns = max(self._heard_ns or each.event.at, each.event.at)
        for key in memory.touched:
            self._note_node(each, key)
        self._note_entry(each.event)
        best = self._lead.best(run)
        selected = memory.nodes.get((run.id, run.selected_node or ""))
        values = self._values.read(
            each.event,
            since_ns=self._since_ns,
            heard_ns=self._heard_ns,
            answer=None if selected is None else selected.ordinal,
            best=best,
        )
        self.changes.note_run(each.seq, values)

    def _note_node(self, each: Numbered, key: Key) -> None:
        node = self._memory.nodes.get(key)
        if node is None:
            return
        row = bones_of(
            node,
            names=self.changes.names,
            since_ns=self._since_ns,
            is_answer=node.node_id == self._run.selected_node,
            verifiers=BESIDE.join(self._verifiers.get(node.node_id, ())) or None,
        )
        self.changes.note_node(each.seq, row)
        if key in self._memory.candidates:
            self._note_candidate(node, key)

    def _note_candidate(self, node: NodeState, key: Key) -> None:
        told = self._memory.candidates[key]
        above = self._memory.nodes.get((key[0], node.parent_id)) if node.parent_id else None
        is_counted = above is None or not is_told_again(above.aside)
        self._lead.note(
            node.node_id,
            ordinal=node.ordinal,
            label=label_of(told.answer, told.normalised, told.normaliser, told.cluster)
            if is_counted
            else None,
            votes=told.votes,
            value=node.value if node.value is not None else node.fate_value,
        )

    def _note_verifiers(self) -> None:
        for row in self._memory.verdicts:
            known = self._verifiers.setdefault(row[JUDGED], [])
            if row[JUDGE] not in known:
                known.append(row[JUDGE])
                known.sort()

    def _set_twins_aside(self) -> None:
        if not self._twins:
            return
        run_id = self._run.id
        told = {node_id for _, node_id in self._memory.touched}
        concerned = (told & self._twins.keys()) | {
            each for node_id in told for each in self._outdone.get(node_id, ())
        }
        for node_id in concerned:
            node = self._memory.nodes.get((run_id, node_id))
            twin = self._twins[node_id]
            twin_run, _, other = twin.partition(":")
            is_here = twin_run != str(run_id) or (run_id, other) in self._memory.nodes
            if node is not None and is_here and node.twin_of != twin:
                node.twin_of = twin
                self._memory.touched.add((run_id, node_id))
                move_sums(self._memory, (run_id, node_id))

    def _note_entry(self, event: Event) -> None:
        named = node_named(event)
        node = None if is_distant(event) else self._memory.nodes.get((self._run.id, named or ""))
        since, mark, names = self._since_ns or 0, mark_of(event), self.changes.names
        self.changes.note_entry(
            (
                None if event.at is None else (event.at - since) // 1000,
                -1 if node is None else node.ordinal,
                names["entry"].number(event.KIND),
                names["mark"].number(mark and mark.value),
            )
        )

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, as far as it was folded."""
        return self._run.end_inferred or self._run.observed_state in FINAL


def _by_other(run_id: uuid.UUID, twins: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node_id, twin in twins.items():
        twin_run, _, other = twin.partition(":")
        if twin_run == str(run_id):
            found.setdefault(other, []).append(node_id)
    return found
