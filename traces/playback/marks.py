"""Which entries are decisions: what a reader wants to go to next."""

from __future__ import annotations

from enum import StrEnum

from deliberation.events import (
    AnswerSelected,
    ApprovalClosed,
    ApprovalDecided,
    ApprovalRequested,
    BudgetHit,
    BudgetSet,
    CommandIssued,
    Event,
    FateDecided,
    HoldLifted,
    HoldPlaced,
    RunEnded,
    SignedOff,
    VerdictGiven,
)
from deliberation.vocabulary import VerifierKind


class MarkKind(StrEnum):
    """What sort of decision an entry is."""

    FATE = "fate"
    """Something was kept, discarded, selected or failed."""
    SELECTION = "selection"
    """A node was chosen as the answer."""
    PERSON = "person"
    """A person gave a verdict, or answered for the run."""
    APPROVAL = "approval"
    """The run asked people about an action, or they decided."""
    COMMAND = "command"
    """Somebody asked something of the run, or held it, or let it go on."""
    LIMIT = "limit"
    """A limit was set, or reached."""
    END = "end"
    """The run ended."""


MARKS: dict[type[Event], MarkKind] = {
    FateDecided: MarkKind.FATE,
    AnswerSelected: MarkKind.SELECTION,
    ApprovalRequested: MarkKind.APPROVAL,
    ApprovalDecided: MarkKind.APPROVAL,
    ApprovalClosed: MarkKind.APPROVAL,
    CommandIssued: MarkKind.COMMAND,
    HoldPlaced: MarkKind.COMMAND,
    HoldLifted: MarkKind.COMMAND,
    BudgetSet: MarkKind.LIMIT,
    BudgetHit: MarkKind.LIMIT,
    RunEnded: MarkKind.END,
    SignedOff: MarkKind.PERSON,
}


def mark_of(event: Event) -> MarkKind | None:
    """Return what sort of decision an event is, None for all that is none."""
    if isinstance(event, VerdictGiven):
        return MarkKind.PERSON if event.verifier_kind is VerifierKind.HUMAN else None
    return MARKS.get(type(event))
