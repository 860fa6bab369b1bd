"""Actions that wait for a person, at the fake: decided once, used once."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from deliberation.ledger.action import Action, read_action
from deliberation.vocabulary import ApprovalStatus, Decision

OUTCOMES = {
    Decision.APPROVE: ApprovalStatus.APPROVED,
    Decision.REJECT: ApprovalStatus.REJECTED,
    Decision.MODIFY: ApprovalStatus.MODIFIED,
    Decision.TERMINATE: ApprovalStatus.TERMINATED,
}
WHO = "user:fake"
SECONDS = 3600.0

Answer = tuple[int, dict[str, Any]]


class Approval:
    """One request. `action` is what was asked about, `status` what became of it."""

    def __init__(self, text: str, seconds: float) -> None:
        self.id = str(uuid4())
        self.action = read_action(text)
        self.permit = self.action
        self.reason: str | None = None
        self.used: str | None = None
        self.seq = 0
        self._status = ApprovalStatus.PENDING
        self._deadline = time.monotonic() + seconds

    @property
    def status(self) -> ApprovalStatus:
        """What became of it; its time may be over."""
        is_late = time.monotonic() >= self._deadline
        is_expired = is_late and self._status is ApprovalStatus.PENDING
        return ApprovalStatus.EXPIRED if is_expired else self._status

    @property
    def is_open(self) -> bool:
        """True while it can be decided."""
        return self.status is ApprovalStatus.PENDING

    def decide(
        self, decision: Decision, *, seq: int, reason: str = "", arguments: str | None = None
    ) -> None:
        """Take in what somebody decided. The first decision stands."""
        if not self.is_open or decision not in OUTCOMES:
            return
        self._status, self.reason, self.seq = OUTCOMES[decision], reason, seq
        if arguments is not None:
            self.permit = self.action.changed(arguments)

    def plain(self) -> dict[str, Any]:
        """Return it as an answer has it."""
        is_changed = self.permit is not self.action
        return {
            "approval_id": self.id,
            "status": self.status.value,
            "digest": self.action.digest,
            "permit_digest": self.permit.digest,
            "arguments": self.permit.arguments if is_changed else None,
            "by": WHO if self._status.is_final else None,
            "reason": self.reason,
            "consumed": self.used is not None,
            "expires_in_seconds": max(0.0, self._deadline - time.monotonic()),
        }


class Approvals:
    """Those of one run, by the digest of what was asked about."""

    def __init__(self) -> None:
        self._known: dict[str, Approval] = {}

    @property
    def open(self) -> list[Approval]:
        """Those that wait, the oldest first."""
        return [each for each in self._known.values() if each.is_open]

    def ask(self, said: dict[str, Any]) -> Approval:
        """Return the request: a new one, or the one that is known."""
        seconds = float(said.get("timeout_seconds") or SECONDS)
        digest = str(said.get("digest"))
        if digest not in self._known:
            self._known[digest] = Approval(str(said.get("action")), seconds)
        return self._known[digest]

    def closed_after(self, seq: int) -> list[Approval]:
        """Return those that were decided after a seq."""
        return [each for each in self._known.values() if each.seq > seq]

    def consume(self, approval: str, said: dict[str, Any]) -> Answer:
        """Use a permit, once, for exactly what was agreed to."""
        known = next((each for each in self._known.values() if each.id == approval), None)
        if known is None:
            return 404, {"title": "Not found"}
        use = str(said.get("use"))
        is_good = known.status.is_permit and said.get("digest") == known.permit.digest
        if not is_good or known.used not in (None, use):
            return 409, {"title": "Conflict", "detail": "the permit is not good for this"}
        was_used, known.used = known.used is not None, use
        return 200, {**known.plain(), "was_used": was_used}

    def permitted(self, approval: str) -> Action:
        """Return what was agreed to."""
        return next(each.permit for each in self._known.values() if each.id == approval)
