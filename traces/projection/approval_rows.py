"""The approvals of the runs that a pass says something about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliberation.events import (
    ApprovalClosed,
    ApprovalDecided,
    ApprovalRequested,
    Event,
    PermitConsumed,
    PermitRefused,
)
from traces.projection.states import ApprovalState, RunState
from traces.projection.tables import APPROVALS, DECISIONS

Key = tuple[uuid.UUID, str]
ABOUT = frozenset(
    (ApprovalRequested, ApprovalDecided, ApprovalClosed, PermitConsumed, PermitRefused)
)
LOADED = f"""
SELECT {APPROVALS.selected} FROM {APPROVALS.name} JOIN unnest(%s::uuid[], %s::text[])
  AS named (run_id, approval_id) USING (run_id, approval_id)"""


@dataclass(slots=True)
class ApprovalRows:
    """Rows by (run, approval): looked up before, changed in memory, written after; decisions are only added."""

    approvals: dict[Key, ApprovalState] = field(default_factory=dict)
    touched: set[Key] = field(default_factory=set)
    decisions: list[tuple[Any, ...]] = field(default_factory=list)

    def load(
        self, runs: Mapping[uuid.UUID, RunState], events: Mapping[uuid.UUID, Sequence[Event]]
    ) -> None:
        """Fetch the approvals that these events name."""
        named = [
            # By their very class, as for commands: less than half the time of isinstance.
            (run_id, each.approval)  # type: ignore[attr-defined]
            for run_id, listed in events.items()
            if runs[run_id].size  # a new run has nothing stored
            for each in listed
            if type(each) in ABOUT
        ]
        if not named:
            return
        with connection.cursor() as cursor:
            cursor.execute(LOADED, [list(column) for column in zip(*named, strict=True)])
            found = map(ApprovalState.of, cursor.fetchall())
            self.approvals = {(row.run_id, row.approval_id): row for row in found}

    def find(self, run: RunState, approval: str) -> ApprovalState | None:
        """Return an approval that is known."""
        return self.approvals.get((run.id, approval))

    def touch(self, approval: ApprovalState, seq: int) -> None:
        """Note that the row was changed by an entry, and is to be written."""
        key = (approval.run_id, approval.approval_id)
        approval.changed_seq = seq
        self.approvals[key] = approval
        self.touched.add(key)

    def save(self) -> None:
        """Write what changed."""
        changed = [self.approvals[key] for key in sorted(self.touched)]
        APPROVALS.put(changed, ("run_id", "approval_id"))
        if self.decisions:
            DECISIONS.copy(self.decisions)
