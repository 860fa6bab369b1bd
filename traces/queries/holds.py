"""What holds a run."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from traces.models import Hold
from traces.queries.access import Who, see_run

OF_RULES = ("budget:", "approval:")
"""Begin the sources of holds that no person placed: lifted by name, or by doing what they wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One hold: who or what holds, why, since when; times in ns since 1970."""

    hold_id: str
    source: str
    reason: str | None
    command_id: str | None
    placed_ns: int | None
    is_open: bool
    lifted_by: str | None
    lifted_command: str | None
    lifted_ns: int | None
    seq: int


COLUMNS = tuple(HoldRow.__slots__)


def holds_of_runs(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[HoldRow]]:
    """Return what holds each of these runs now, oldest first; runs that nothing holds are left out."""
    open_ones = Hold.objects.filter(run_id__in=list(run_ids), is_open=True).order_by("seq")
    found: defaultdict[uuid.UUID, list[HoldRow]] = defaultdict(list)
    for values in open_ones.values("run_id", *COLUMNS):
        found[values.pop("run_id")].append(HoldRow(**values))
    return found


def list_holds(*, who: Who, run_id: str | uuid.UUID, only_open: bool = False) -> list[HoldRow]:
    """Return the holds of a run, newest first. Raises NotVisible."""
    return read_holds(see_run(who, run_id).id, only_open=only_open)


def read_holds(run_id: uuid.UUID, *, only_open: bool) -> list[HoldRow]:
    """Return the holds of a run, newest first. The caller has checked the run."""
    found = Hold.objects.filter(run_id=run_id).order_by("-seq")
    if only_open:
        found = found.filter(is_open=True)
    return [HoldRow(**values) for values in found.values(*COLUMNS)]
