"""An action that waits for a person, and was not allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.vocabulary import ApprovalStatus


class NotApproved(Exception):
    """An action may not be done: it was refused, or nobody allowed it in time.

    Raised where the action would have begun, so nothing of it was done. The program may go on
    without it; a refusal that ends the run as well is `Stopped`.

    `reason` is the reviewer's own, or a sentence where nobody refused it; `by` who refused it, None
    where nobody did; `status` what became of the request, None where the inspector could not be
    asked; `approval` the request's id.
    """

    def __init__(
        self,
        reason: str = "",
        *,
        by: str | None = None,
        status: ApprovalStatus | None = None,
        approval: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.by = by
        self.status = status
        self.approval = approval

    def __str__(self) -> str:
        said = f"{self.status.value} by {self.by}" if self.by and self.status else ""
        return ": ".join(each for each in (said, self.reason) if each) or "not approved"

    def __reduce__(self) -> tuple[Callable[..., NotApproved], tuple[Any, ...]]:
        # A pool of processes carries exceptions home by pickling them.
        return _again, (self.reason, self.by, self.status, self.approval)


def _again(
    reason: str, by: str | None, status: ApprovalStatus | None, approval: str | None
) -> NotApproved:
    return NotApproved(reason, by=by, status=status, approval=approval)
