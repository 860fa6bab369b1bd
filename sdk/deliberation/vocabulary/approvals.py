"""How a person answers for an action, and what becomes of the question."""

from __future__ import annotations

from enum import Enum


class Decision(str, Enum):
    """What a person decided about an action that waits."""

    APPROVE = "approve"
    """Do exactly this."""
    REJECT = "reject"
    """Do not do it; the program may go on."""
    MODIFY = "modify"
    """Do this instead: other arguments, and so another digest."""
    ESCALATE = "escalate"
    """Somebody else must decide."""
    TERMINATE = "terminate"
    """Do not do it, and end the run."""


class ApprovalStatus(str, Enum):
    """What became of a request for approval. The first resolution stands."""

    PENDING = "pending"
    """Nobody has decided."""
    APPROVED = "approved"
    """As many as were needed agreed."""
    REJECTED = "rejected"
    """Somebody refused."""
    MODIFIED = "modified"
    """Agreed to with other arguments."""
    TERMINATED = "terminated"
    """Refused, and the run with it."""
    EXPIRED = "expired"
    """Nobody decided in time, which denies."""
    CANCELLED = "cancelled"
    """The run ended, or asked no longer."""

    @property
    def is_final(self) -> bool:
        """True when it is resolved."""
        return self is not ApprovalStatus.PENDING

    @property
    def is_permit(self) -> bool:
        """True when the action may be done, once."""
        return self in (ApprovalStatus.APPROVED, ApprovalStatus.MODIFIED)


class PermitRefusal(str, Enum):
    """Why a permit could not be used."""

    NOT_APPROVED = "not_approved"
    """Nobody agreed to it, or not yet."""
    CHANGED = "changed"
    """The action is not the one that was agreed to."""
    USED = "used"
    """It was used already: a permit is good for one use."""
    FENCED = "fenced"
    """Another attempt has the run; what was agreed to for an earlier one is void."""
    ENDED = "ended"
    """The run has ended, or is asked to."""


class Risk(str, Enum):
    """How grave an action is, in the words of whoever asks. What is in none of them is unknown."""

    LOW = "low"
    """Little is lost if it is wrong."""
    MEDIUM = "medium"
    """It takes work to put right."""
    HIGH = "high"
    """It cannot be put right, or concerns others."""
