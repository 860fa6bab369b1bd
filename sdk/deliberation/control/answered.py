"""What became of an action that waits for a person, as the server tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deliberation.control.not_approved import NotApproved
from deliberation.vocabulary import ApprovalRule, ApprovalStatus, Risk, SideEffect

SENTENCES = {
    ApprovalStatus.EXPIRED: "nobody decided in time",
    ApprovalStatus.CANCELLED: "it is asked no longer",
    ApprovalStatus.PENDING: "nobody decided in time",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """A request as it stands. `digest` is of the action as it was asked about, `permit_digest` of what
    may be done; `arguments` is JSON text where somebody changed them."""

    approval: str
    digest: str
    status: ApprovalStatus
    permit_digest: str
    arguments: str | None
    by: str | None
    reason: str | None
    seconds: float | None

    def refusal(self) -> NotApproved:
        """Return what is to be raised where it is no permit."""
        by = self.by if self.status is ApprovalStatus.REJECTED else None
        said = self.reason if by else SENTENCES.get(self.status)
        return NotApproved(said or "", by=by, status=self.status, approval=self.approval)


def read_answered(plain: dict[str, Any]) -> Answered | None:
    """Return what an answer says of a request; None for what says nothing that could be relied on."""
    approval, digest = plain.get("approval_id"), plain.get("digest")
    permitted = plain.get("permit_digest")
    try:
        status = ApprovalStatus(plain.get("status"))
    except ValueError:
        return None
    if not (isinstance(approval, str) and isinstance(digest, str) and isinstance(permitted, str)):
        return None
    seconds = plain.get("expires_in_seconds")
    return Answered(
        approval,
        digest,
        status,
        permitted,
        _text(plain.get("arguments")),
        _text(plain.get("by")),
        _text(plain.get("reason")),
        float(seconds) if isinstance(seconds, (int, float)) else None,
    )


def read_rule(plain: dict[str, Any]) -> ApprovalRule:
    """Return what a project wants to be asked about; a word that is none of ours asks about anything."""
    return ApprovalRule(
        tool=_text(plain.get("tool")),
        side_effect=_word(SideEffect, plain.get("side_effect")),
        risk=_word(Risk, plain.get("risk")),
    )


def _word(words: Any, said: Any) -> Any:
    try:
        return words(said)
    except ValueError:
        return None


def _text(said: Any) -> str | None:
    return said if isinstance(said, str) else None
