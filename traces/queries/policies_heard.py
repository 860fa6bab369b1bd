"""What a project's programs are told that they must ask about, read once a second however many of them look.

A third of what a look costs went into it, and it changes about never. Whether something must really be asked about is
decided with what is in force, when a program asks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from traces.queries.approval_policies import PolicyRow, policies_in_force

FRESH_SECONDS = 1.0
MOST_PROJECTS = 1_000


@dataclass(frozen=True, slots=True)
class _Read:
    policies: tuple[PolicyRow, ...]
    at: float


_reads: dict[int, _Read] = {}


def policies_heard(project_id: int) -> tuple[PolicyRow, ...]:
    """Return the policies of a project that hold now, or held less than a second ago."""
    now = time.monotonic()
    kept = _reads.get(project_id)
    if kept is not None and now - kept.at < FRESH_SECONDS:
        return kept.policies
    if len(_reads) >= MOST_PROJECTS:
        _reads.clear()
    fresh = _Read(tuple(policies_in_force(project_id)), now)
    _reads[project_id] = fresh
    return fresh.policies
