"""The event vocabulary: everything that can be said about a deliberation, one kind per file.

The event is the only currency. Whatever comes in becomes these; whatever is shown is computed from these.
"""

from deliberation.events.answer_selected import AnswerSelected
from deliberation.events.approval_closed import ApprovalClosed
from deliberation.events.approval_decided import ApprovalDecided
from deliberation.events.approval_requested import ApprovalRequested
from deliberation.events.attempt_attached import AttemptAttached
from deliberation.events.base import Event
from deliberation.events.budget_hit import BudgetHit
from deliberation.events.budget_set import BudgetSet
from deliberation.events.candidate_proposed import CandidateProposed
from deliberation.events.command_issued import CommandIssued
from deliberation.events.command_staged import CommandStaged
from deliberation.events.content_expired import ContentExpired
from deliberation.events.edge_drawn import EdgeDrawn
from deliberation.events.fate_decided import FateDecided
from deliberation.events.gap_reported import GapReported
from deliberation.events.hold_lifted import HoldLifted
from deliberation.events.hold_placed import HoldPlaced
from deliberation.events.legal_hold_lifted import LegalHoldLifted
from deliberation.events.legal_hold_placed import LegalHoldPlaced
from deliberation.events.message_observed import MessageObserved
from deliberation.events.node_ended import NodeEnded
from deliberation.events.node_observed import NodeObserved
from deliberation.events.node_scored import NodeScored
from deliberation.events.node_started import NodeStarted
from deliberation.events.note_revised import NoteRevised
from deliberation.events.note_withdrawn import NoteWithdrawn
from deliberation.events.note_written import NoteWritten
from deliberation.events.part_redacted import PartRedacted
from deliberation.events.permit_consumed import PermitConsumed
from deliberation.events.permit_refused import PermitRefused
from deliberation.events.rating_given import RatingGiven
from deliberation.events.removal_asked import RemovalAsked
from deliberation.events.removal_closed import RemovalClosed
from deliberation.events.replay_diverged import ReplayDiverged
from deliberation.events.replay_ended import ReplayEnded
from deliberation.events.run_ended import RunEnded
from deliberation.events.run_opened import RunOpened
from deliberation.events.run_quieted import RunQuieted
from deliberation.events.run_started import RunStarted
from deliberation.events.signed_off import SignedOff
from deliberation.events.state_reported import StateReported
from deliberation.events.strategy_set import StrategySet
from deliberation.events.tags_changed import TagsChanged
from deliberation.events.value_drawn import ValueDrawn
from deliberation.events.verdict_given import VerdictGiven

EVENT_CLASSES: tuple[type[Event], ...] = (
    RunOpened,
    RunStarted,
    RunEnded,
    RunQuieted,
    NodeStarted,
    NodeEnded,
    NodeObserved,
    MessageObserved,
    NodeScored,
    FateDecided,
    CandidateProposed,
    VerdictGiven,
    AnswerSelected,
    EdgeDrawn,
    GapReported,
    CommandIssued,
    CommandStaged,
    HoldPlaced,
    HoldLifted,
    StateReported,
    AttemptAttached,
    BudgetSet,
    BudgetHit,
    ApprovalRequested,
    ApprovalDecided,
    ApprovalClosed,
    PermitConsumed,
    PermitRefused,
    StrategySet,
    NoteWritten,
    NoteRevised,
    NoteWithdrawn,
    TagsChanged,
    RatingGiven,
    SignedOff,
    PartRedacted,
    ContentExpired,
    LegalHoldLifted,
    LegalHoldPlaced,
    RemovalAsked,
    RemovalClosed,
    ValueDrawn,
    ReplayDiverged,
    ReplayEnded,
)

__all__ = [
    "EVENT_CLASSES",
    "AnswerSelected",
    "ApprovalClosed",
    "ApprovalDecided",
    "ApprovalRequested",
    "AttemptAttached",
    "BudgetHit",
    "BudgetSet",
    "CandidateProposed",
    "CommandIssued",
    "CommandStaged",
    "ContentExpired",
    "EdgeDrawn",
    "Event",
    "FateDecided",
    "GapReported",
    "HoldLifted",
    "HoldPlaced",
    "LegalHoldLifted",
    "LegalHoldPlaced",
    "MessageObserved",
    "NodeEnded",
    "NodeObserved",
    "NodeScored",
    "NodeStarted",
    "NoteRevised",
    "NoteWithdrawn",
    "NoteWritten",
    "PartRedacted",
    "PermitConsumed",
    "PermitRefused",
    "RatingGiven",
    "RemovalAsked",
    "RemovalClosed",
    "ReplayDiverged",
    "ReplayEnded",
    "RunEnded",
    "RunOpened",
    "RunQuieted",
    "RunStarted",
    "SignedOff",
    "StateReported",
    "StrategySet",
    "TagsChanged",
    "ValueDrawn",
    "VerdictGiven",
]
