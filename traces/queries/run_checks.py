"""The checks of a run that people asked for, as its ledger tab shows them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from traces.models import RunCheck
from traces.queries.access import Who, see_run

SHOWN = 6


class CheckState(StrEnum):
    """How far a check is, and what came of it."""

    WAITING = "waiting"
    """No worker has taken it yet."""
    CHECKING = "checking"
    """A worker compares, or did until it died."""
    SOUND = "sound"
    """Nothing differs."""
    INVALID = "invalid"
    """Something differs."""
    FAILED = "failed"
    """It came to no end, and says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was compared: entries and the root over them (base64; None where it broke off), bytes of lines and texts.

    `opened` and `closed`: parts that were here, and not; `checkpoints`: how many the tree was compared with, the last
    one over `signed` entries; `instance`: the size of the instance's signed head under which that one stands.
    """

    size: int
    root: str | None
    bytes: int
    opened: int
    closed: int
    checkpoints: int
    signed: int
    instance: int | None


class Differing(NamedTuple):
    """One thing that differs; `seq` is the entry, None where it is about the run."""

    seq: int | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check. Times in ns since 1970; `entries` are those that the run had when it was asked for."""

    id: uuid.UUID
    by: str
    asked_ns: int
    ended_ns: int | None
    state: CheckState
    entries: int
    entries_done: int
    error: str | None
    found: Found | None
    differences: list[Differing]

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_ns is not None

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None while nobody checks."""
        is_checking = self.state is CheckState.CHECKING and self.entries
        return min(1.0, self.entries_done / self.entries) if is_checking else None

    @property
    def unsigned(self) -> int:
        """Entries that were checked and stand under no checkpoint."""
        return max(0, self.found.size - self.found.signed) if self.found else 0


def list_run_checks(*, who: Who, run_id: str | uuid.UUID) -> list[CheckRow]:
    """Return the newest checks of a run, the newest first. Raises NotVisible."""
    run = see_run(who, run_id)
    return [
        _row(check)
        for check in RunCheck.objects.filter(run_id=run.pk).order_by("-asked_ns")[:SHOWN]
    ]


def _row(check: RunCheck) -> CheckRow:
    return CheckRow(
        id=check.pk,
        by=check.by,
        asked_ns=check.asked_ns,
        ended_ns=check.ended_ns,
        state=_state(check),
        entries=check.entries,
        entries_done=check.entries_done,
        error=check.error,
        found=Found(**check.found) if check.found else None,
        differences=[Differing(*each) for each in check.differences],
    )


def _state(check: RunCheck) -> CheckState:
    if check.ended_ns is None:
        return CheckState.WAITING if check.token is None else CheckState.CHECKING
    if check.error is not None:
        return CheckState.FAILED
    return CheckState.INVALID if check.differences else CheckState.SOUND
