"""Who holds a run, and what they last said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from traces.models import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRow:
    """A lease; times in ns since 1970 by the database's clock. `spent` and `reserved` by dimension, as decimals."""

    attempt: int
    holder: str
    killable: bool
    state: str
    in_call: bool
    spent: dict[str, Any]
    reserved: dict[str, Any]
    heartbeat_ns: int
    expires_ns: int
    lost_ns: int | None

    def is_live(self, now_ns: int) -> bool:
        """Return True while its holder was heard lately enough."""
        return self.expires_ns > now_ns


COLUMNS = tuple(LeaseRow.__slots__)


def leases_of_runs(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, LeaseRow]:
    """Return the lease of each of these runs that has one."""
    found = Lease.objects.filter(run_id__in=list(run_ids)).values("run_id", *COLUMNS)
    return {values.pop("run_id"): LeaseRow(**values) for values in found}


def read_lease(run_id: uuid.UUID, *, lock: bool = False) -> LeaseRow | None:
    """Return the run's lease, or None; with `lock`, no heartbeat changes it before the transaction's end."""
    found = Lease.objects.filter(run_id=run_id)
    if lock:
        found = found.select_for_update(no_key=True)
    values = found.values(*COLUMNS).first()
    return None if values is None else LeaseRow(**values)
