"""Why a decision, or the use of a permit, cannot stand, told with what stands instead."""

from __future__ import annotations

from django.utils.translation import gettext

from traces.actions.conflict import Conflict
from traces.actions.tell_run import Changes
from traces.projection.states import RunState
from traces.queries.approvals import ApprovalRow
from traces.queries.spoken import spoken


class ApprovalConflict(Conflict):
    """409. `approval` is the request as it stands, with who decided what; the last decision is the winner's.

    `changes` are what was recorded all the same: that its time is over, or that a permit was tried.
    """

    def __init__(
        self,
        sentence: str,
        run: RunState,
        *,
        approval: ApprovalRow | None = None,
        changes: Changes = (),
    ) -> None:
        super().__init__(sentence, run)
        self.approval = approval
        self.changes = changes


def why_closed(approval: ApprovalRow) -> str:
    """Return a sentence on what became of a request that is open no more."""
    last = approval.last
    if approval.status == "expired":
        return gettext("its time is over: nobody decided, which denies it")
    if approval.status == "cancelled" or last is None:
        return gettext("it is asked no longer")
    return gettext("{by} decided first: {status}").format(
        by=last.by, status=spoken(approval.status)
    )
