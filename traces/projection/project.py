"""Fold numbered events into rows: the one projector, used by `record` and by `rebuild`.

The caller holds the locks of the runs' rows. Everything here happens in the caller's transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, localcontext
from typing import Any

from deliberation.events import (
    AnswerSelected,
    ApprovalClosed,
    ApprovalDecided,
    ApprovalRequested,
    AttemptAttached,
    BudgetHit,
    BudgetSet,
    CandidateProposed,
    CommandIssued,
    CommandStaged,
    EdgeDrawn,
    Event,
    FateDecided,
    GapReported,
    HoldLifted,
    HoldPlaced,
    MessageObserved,
    NodeEnded,
    NodeObserved,
    NodeScored,
    NodeStarted,
    PermitConsumed,
    PermitRefused,
    RunEnded,
    RunOpened,
    RunQuieted,
    RunStarted,
    StateReported,
    StrategySet,
    VerdictGiven,
)
from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary.control import TAKEN_BACK
from traces.projection import approvals as on_approval
from traces.projection import budgets as on_budget
from traces.projection import control as on_control
from traces.projection import nodes as on_node
from traces.projection import remarks as on_remark
from traces.projection import replays as on_replay
from traces.projection import retention as on_retention
from traces.projection import runs as on_run
from traces.projection.below import tell_those_above
from traces.projection.links import link
from traces.projection.reach import Key, Reach
from traces.projection.resources import note_resources, save_resources
from traces.projection.responses import claim_responses
from traces.projection.sessions import claim_session
from traces.projection.silence import apply_silence, shows_life, take_back
from traces.projection.states import RunState
from traces.projection.strategy import set_strategy
from traces.projection.sums import move_sums
from traces.projection.tally import note_provenance
from traces.projection.trace_links import note_trace_link, save_trace_links
from traces.projection.verdicts import distant_row, is_distant, save_distant, verdict_row

EXACT = Context(prec=60)
"""Python's own 28 digits would round sums of 12 + 18, and differently in another order."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in its run's ledger."""

    seq: int
    event: Event


def project(
    runs: Mapping[uuid.UUID, RunState], numbered: Mapping[uuid.UUID, Sequence[Numbered]]
) -> None:
    """Fold events into the rows of their runs and write the rows; `runs` are changed in place, not written.

    Runs with a `size` of 0 are new: nothing is looked up for them. What a run's row says depends on the order of
    the events alone, never on how they were cut into passes: a rebuild cuts them differently.
    """
    reach = Reach(runs)
    reach.load({run_id: [each.event for each in sequence] for run_id, sequence in numbered.items()})
    with localcontext(EXACT):
        for run_id, sequence in numbered.items():
            run = runs[run_id]
            for each in sequence:
                fold(reach, run, each)
    reach.save()
    claim_responses(reach)
    save_resources(reach)
    save_trace_links(reach)
    save_distant(reach.distant)


def fold(reach: Reach, run: RunState, each: Numbered) -> None:
    """Fold one event into the rows within reach, in memory alone; the caller counts in `EXACT`."""
    event = each.event
    if run.end_inferred and shows_life(event):
        take_back(run, event)
    APPLY[type(event)](reach, run, event, each.seq)
    node_id = getattr(event, "node", None)
    if node_id is not None and not is_distant(event):
        _account(reach, run, (run.id, node_id))


def _apply_facts(reach: Reach, run: RunState, event: NodeFacts, seq: int) -> None:
    node = reach.node(run, event.node, seq)
    on_node.apply_facts(node, event)
    on_replay.note_begin(run, node, seq)
    if event.session_id is not None:
        began = event.started_at if event.started_at is not None else event.at
        claim_session(run, event.session_id, began, of_run=False)
    note_resources(reach, run.id, event, seq)


def _apply_message(reach: Reach, run: RunState, event: MessageObserved, seq: int) -> None:
    on_node.apply_message(reach.node(run, event.node, seq), event)
    claim_session(run, event.session_id, event.at, of_run=False)


def _apply_score(reach: Reach, run: RunState, event: NodeScored, seq: int) -> None:
    on_node.apply_score(reach.node(run, event.node, seq), event)


def _apply_fate(reach: Reach, run: RunState, event: FateDecided, seq: int) -> None:
    on_node.apply_fate(reach.node(run, event.node, seq), event)


def _apply_candidate(reach: Reach, run: RunState, event: CandidateProposed, seq: int) -> None:
    node, candidate = reach.node(run, event.node, seq), reach.candidate(run, event.node)
    on_node.apply_candidate(node, candidate, event, seq)


def _apply_verdict(reach: Reach, run: RunState, event: VerdictGiven, seq: int) -> None:
    if is_distant(event):
        reach.distant.append(distant_row(run.id, run.project_id, seq, event))
        return
    on_node.apply_verdict(reach.node(run, event.node, seq), event)
    run.verdicts += 1
    reach.verdicts.append(verdict_row(run.id, seq, event))


def _apply_selection(reach: Reach, run: RunState, event: AnswerSelected, seq: int) -> None:
    if run.selected_node != event.node:
        reach.notice(
            run, run.selected_node, seq
        )  # who follows the tree is told that it is the answer no more
    on_node.select(reach.node(run, event.node, seq), event.at, event.rule)
    on_run.apply_selection(run, event)


def _apply_edge(reach: Reach, run: RunState, event: EdgeDrawn, seq: int) -> None:
    if event.trace is not None and event.trace != run.trace_id:
        note_trace_link(reach, run, event, seq)
        return
    reach.edges.append((run.id, seq, event.edge.value, event.source, event.target))


def _apply_start(reach: Reach, run: RunState, event: RunStarted, seq: int) -> None:
    on_run.apply_start(run, event, seq)
    on_budget.state_budgets(run, event)


def _apply_end(reach: Reach, run: RunState, event: RunEnded, seq: int) -> None:
    on_run.apply_end(run, event, seq)


def _apply_silence(reach: Reach, run: RunState, event: RunQuieted, seq: int) -> None:
    apply_silence(run, event)


def _apply_gap(reach: Reach, run: RunState, event: GapReported, seq: int) -> None:
    on_run.apply_gap(run, event)


def _apply_opening(reach: Reach, run: RunState, event: RunOpened, seq: int) -> None:
    """What an opening says stands in the run's row from the start."""


def _apply_issue(reach: Reach, run: RunState, event: CommandIssued, seq: int) -> None:
    on_control.apply_issue(reach.control, run, event, seq)
    run.control_seq = seq


def _apply_stage(reach: Reach, run: RunState, event: CommandStaged, seq: int) -> None:
    on_control.apply_stage(reach.control, run, event, seq)
    if event.stage in TAKEN_BACK:
        run.control_seq = seq


def _apply_placing(reach: Reach, run: RunState, event: HoldPlaced, seq: int) -> None:
    on_control.apply_placing(reach.control, run, event, seq)
    run.control_seq = seq


def _apply_lifting(reach: Reach, run: RunState, event: HoldLifted, seq: int) -> None:
    on_control.apply_lifting(reach.control, run, event)
    run.control_seq = seq


def _apply_report(reach: Reach, run: RunState, event: StateReported, seq: int) -> None:
    on_control.apply_report(run, event, seq)


def _apply_attaching(reach: Reach, run: RunState, event: AttemptAttached, seq: int) -> None:
    on_control.apply_attaching(run, event)


def _apply_limit(reach: Reach, run: RunState, event: BudgetSet, seq: int) -> None:
    on_budget.apply_set(run, event)
    run.control_seq = seq


def _apply_hit(reach: Reach, run: RunState, event: BudgetHit, seq: int) -> None:
    on_budget.apply_hit(reach.control, run, event, seq)
    run.control_seq = seq


def _apply_request(reach: Reach, run: RunState, event: ApprovalRequested, seq: int) -> None:
    if event.node is not None:
        reach.node(run, event.node, seq)
    on_approval.apply_request(reach.approvals, run, event, seq)


def _apply_decision(reach: Reach, run: RunState, event: ApprovalDecided, seq: int) -> None:
    on_approval.apply_decision(reach.approvals, run, event, seq)
    run.control_seq = seq


def _apply_closing(reach: Reach, run: RunState, event: ApprovalClosed, seq: int) -> None:
    on_approval.apply_closing(reach.approvals, run, event, seq)
    run.control_seq = seq


def _apply_use(reach: Reach, run: RunState, event: PermitConsumed, seq: int) -> None:
    on_approval.apply_use(reach.approvals, run, event, seq)


def _apply_refusal(reach: Reach, run: RunState, event: PermitRefused, seq: int) -> None:
    on_approval.apply_refusal(reach.approvals, run, event, seq)


APPLY: dict[type[Event], Callable[[Reach, RunState, Any, int], None]] = {
    RunOpened: _apply_opening,
    RunStarted: _apply_start,
    RunEnded: _apply_end,
    RunQuieted: _apply_silence,
    NodeStarted: _apply_facts,
    NodeEnded: _apply_facts,
    NodeObserved: _apply_facts,
    MessageObserved: _apply_message,
    NodeScored: _apply_score,
    FateDecided: _apply_fate,
    CandidateProposed: _apply_candidate,
    VerdictGiven: _apply_verdict,
    AnswerSelected: _apply_selection,
    EdgeDrawn: _apply_edge,
    GapReported: _apply_gap,
    CommandIssued: _apply_issue,
    CommandStaged: _apply_stage,
    HoldPlaced: _apply_placing,
    HoldLifted: _apply_lifting,
    StateReported: _apply_report,
    AttemptAttached: _apply_attaching,
    BudgetSet: _apply_limit,
    BudgetHit: _apply_hit,
    ApprovalRequested: _apply_request,
    ApprovalDecided: _apply_decision,
    ApprovalClosed: _apply_closing,
    PermitConsumed: _apply_use,
    PermitRefused: _apply_refusal,
    StrategySet: lambda _, run, event, __: set_strategy(run, event),
    **on_remark.APPLY,
    **on_replay.APPLY,
    **on_retention.APPLY,
}
"""What each kind of event does; a kind that is missing here fails the suite, not a run."""


def _account(reach: Reach, run: RunState, key: Key) -> None:
    """Bring the run's row up to what the node's row says after one event."""
    node = reach.nodes[key]
    link(reach, key)
    move_sums(reach, key)
    tell_those_above(reach, key)
    note_provenance(run, node)
    if node.model is not None:
        on_run.note_model(run, node.model)
    if node.started_ns is not None and (run.started_ns is None or node.started_ns < run.started_ns):
        run.started_ns = node.started_ns
