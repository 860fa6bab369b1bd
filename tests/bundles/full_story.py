"""A run in which nearly everything happened that the questions of a disclosure ask about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from deliberation.events import (
    AnswerSelected,
    ApprovalClosed,
    ApprovalDecided,
    ApprovalRequested,
    BudgetHit,
    BudgetSet,
    CandidateProposed,
    CommandIssued,
    CommandStaged,
    FateDecided,
    GapReported,
    LegalHoldPlaced,
    NodeEnded,
    NodeObserved,
    NoteWritten,
    PermitConsumed,
    RunEnded,
    RunOpened,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    ActorKind,
    ApprovalStatus,
    BudgetSource,
    CommandKind,
    CommandStage,
    Cost,
    CostProvenance,
    Decision,
    DiscardReason,
    Fate,
    Independence,
    LimitKind,
    NodeKind,
    NodeStatus,
    ObservedState,
    OnHit,
    SideEffect,
    SpendBasis,
    Strategy,
    Usage,
    VerdictOutcome,
)
from tests.bundles.story import NOON, RUN, Story

SECOND = 10**9


def full_story(run: str = RUN) -> Story:
    """The run; of one tool's arguments it is told that they are withheld."""
    story = Story(run)
    for number, (event, facts) in enumerate(events()):
        story.tell(event(run=run, key=f"k{number}" if number else "opened", **facts))
    withheld = next(seq for seq, (_, facts) in enumerate(events()) if facts.get("tool") == "fetch")
    story.withheld[withheld, "input"] = "the client's business"
    return story


def events() -> list[tuple[Any, dict[str, Any]]]:
    limit: dict[str, Any] = {"dimension": "usd", "version": 1}
    return [
        (RunOpened, {"source": "sdk", "project": "1"}),
        (RunStarted, {
            "at": NOON, "strategy": Strategy.BEST_OF_N, "effort": "high", "high_compute": True, "models": ["m-1"],
            "budgets": {"tool_calls": "20"}, "task": "2 + 2?",
        }),
        (NodeObserved, {"node": "s1", "node_kind": NodeKind.SAMPLE, "output": "4", "started_at": NOON + SECOND}),
        (NodeObserved, {"node": "s2", "node_kind": NodeKind.SAMPLE, "output": "5", "parent": "never"}),
        (NodeObserved, {
            "node": "c", "node_kind": NodeKind.MODEL_CALL, "model": "m-1", "provider": "p",
            "usage": Usage(input=10, output=20),
            "cost": Cost(amount=Decimal("0.25"), provenance=CostProvenance.REPORTED),
        }),
        (NodeObserved, {
            "node": "t", "node_kind": NodeKind.TOOL_CALL, "tool": "fetch", "side_effect": SideEffect.IRREVERSIBLE,
            "input": '{"url": "https://example.org/page"}',
        }),
        (NodeObserved, {"node": "u", "node_kind": NodeKind.TOOL_CALL, "tool": "add", "input": "[2, 2]"}),
        (NodeEnded, {"node": "u", "status": NodeStatus.ERROR, "error": "no"}),
        (CandidateProposed, {"node": "s1", "answer": "4"}),
        (CandidateProposed, {"node": "s2", "answer": "5"}),
        (VerdictGiven, {
            "node": "s2", "verifier": "judge", "outcome": VerdictOutcome.REJECT, "saw_reference": True,
            "independence": Independence.SAME_MODEL, "rationale": "It is not.",
        }),
        (FateDecided, {"node": "s2", "fate": Fate.DISCARDED, "reason": DiscardReason.VERIFIER_REJECTED}),
        (AnswerSelected, {"node": "s1", "rule": "first accepted"}),
        (BudgetSet, {**limit, "by": "user:alice", "source": BudgetSource.COMMAND, "hard": Decimal(5)}),
        (BudgetHit, {
            **limit, "which": LimitKind.HARD, "limit": Decimal(5), "spent": Decimal(6), "action": OnHit.STOP,
            "basis": SpendBasis.RECORDED,
        }),
        (ApprovalRequested, {
            "approval": "a", "tool": "fetch", "digest": "0" * 64, "needed": 1, "expires_at": NOON, "node": "t",
            "at": NOON,
        }),
        (ApprovalDecided, {"approval": "a", "decision": Decision.APPROVE, "by": "user:olga", "at": NOON + 2 * SECOND}),
        (ApprovalClosed, {"approval": "a", "status": ApprovalStatus.APPROVED}),
        (PermitConsumed, {"approval": "a", "digest": "0" * 64}),
        (CommandIssued, {
            "command": "k", "command_kind": CommandKind.STOP, "by": "user:alice", "by_kind": ActorKind.USER, "at": NOON,
        }),
        (CommandStaged, {"command": "k", "stage": CommandStage.APPLIED, "at": NOON + SECOND}),
        (NoteWritten, {"note": "n", "by": "user:alice", "text": "Odd."}),
        (GapReported, {"cause": "limit", "missing": 7}),
        (LegalHoldPlaced, {"legal_hold": "h", "by": "user:alice", "reason": "A case."}),
        (RunEnded, {"state": ObservedState.COMPLETED, "answer": "4", "stop_reason": "done", "at": NOON + 3 * SECOND}),
    ]  # fmt: skip
