"""approval.requested"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import SideEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested(Event):
    """The program waits for people to agree to one exact action."""

    KIND: ClassVar[str] = "approval.requested"

    approval: str = required("The request's id.")
    tool: str = required("The tool it means to use.")
    digest: str = required(
        "The SHA-256 of the canonical action, as 64 hex digits: what is agreed to."
    )
    needed: int = required("How many people must agree.")
    expires_at: int = required("When it is denied if nobody decides, ns since 1970.")
    node: str | None = fact("The node that wants to do it.")
    side_effect: SideEffect | None = fact("What the action does to the world.")
    risk: str | None = fact("How grave it is, as the program or the policy says.")
    policy: str | None = fact("The policy that asks, as name@version.")
    by: str | None = fact("Who asked: the program's key. It may not decide.")
    attempt: int | None = fact("The attempt that wants to do it; a permit is good for no other.")
    asked: str | None = fact("The least role that may decide.")
    escalates_at: int | None = fact("When somebody else is asked, ns since 1970.")
    escalate_to: str | None = fact("The role that is asked then.")
    action: str | None = part("The canonical action, as JSON: what people are shown.")
