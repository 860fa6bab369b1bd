"""The events that only the server makes: what people, policies and its own rules do to a run.

Whoever sends events may not send these, nor any event under a key of theirs: a fact that is recorded under a key
already cannot be recorded again, and so a sender could make a command vanish.
"""

from __future__ import annotations

from deliberation.events.approval_closed import ApprovalClosed
from deliberation.events.approval_decided import ApprovalDecided
from deliberation.events.approval_requested import ApprovalRequested
from deliberation.events.attempt_attached import AttemptAttached
from deliberation.events.base import Event
from deliberation.events.budget_hit import BudgetHit
from deliberation.events.budget_set import BudgetSet
from deliberation.events.codec import decode_line
from deliberation.events.command_issued import CommandIssued
from deliberation.events.command_staged import CommandStaged
from deliberation.events.content_expired import ContentExpired
from deliberation.events.fields import Invalid
from deliberation.events.hold_lifted import HoldLifted
from deliberation.events.hold_placed import HoldPlaced
from deliberation.events.legal_hold_lifted import LegalHoldLifted
from deliberation.events.legal_hold_placed import LegalHoldPlaced
from deliberation.events.note_revised import NoteRevised
from deliberation.events.note_withdrawn import NoteWithdrawn
from deliberation.events.note_written import NoteWritten
from deliberation.events.part_redacted import PartRedacted
from deliberation.events.permit_consumed import PermitConsumed
from deliberation.events.permit_refused import PermitRefused
from deliberation.events.rating_given import RatingGiven
from deliberation.events.removal_asked import RemovalAsked
from deliberation.events.removal_closed import RemovalClosed
from deliberation.events.run_ended import RunEnded
from deliberation.events.run_opened import OPENING_KEY, RunOpened
from deliberation.events.run_quieted import RunQuieted
from deliberation.events.signed_off import SignedOff
from deliberation.events.state_reported import StateReported
from deliberation.events.strategy_set import StrategySet
from deliberation.events.tags_changed import TagsChanged
from deliberation.vocabulary import SpendBasis

CONTROL_KEY = "ctl:"
"""Begins the key of every event that the server makes for a person or a policy."""

QUIET_KEY = "quiet:"
"""Begins the key of a silence that the server noticed."""

REPRICE_KEY = "reprice:"
"""Begins the key of a cost that the server computed again."""

SERVER_KEYS = (CONTROL_KEY, QUIET_KEY, REPRICE_KEY)
"""Begin the keys of all that the server adds to a run which others report."""

SERVER_MADE = (
    RunOpened,
    RunQuieted,
    CommandIssued,
    CommandStaged,
    HoldPlaced,
    HoldLifted,
    StateReported,
    AttemptAttached,
    BudgetSet,
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
)


def read_sent(line: bytes) -> Event:
    """Return the event on one line of a sender. Raises `Invalid`, also for what only the server may say."""
    event = decode_line(line)
    if isinstance(event, SERVER_MADE):
        raise Invalid(f"{event.KIND} is the server's own")
    if isinstance(event, BudgetHit) and event.basis is not SpendBasis.RUNNER:
        # A limit that the program itself says it reached is its own word.
        raise Invalid(f"{event.KIND} with basis {event.basis.value} is the server's own")
    if isinstance(event, RunEnded) and not event.state.is_terminal:
        raise Invalid(f"{event.KIND}: {event.state.value} is not a state that ends a run")
    if event.key == OPENING_KEY or event.key.startswith(SERVER_KEYS):
        begin = ", ".join(map(repr, SERVER_KEYS))
        raise Invalid(
            f"the key {OPENING_KEY!r}, and those that begin with {begin}, are the server's own"
        )
    return event
