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
