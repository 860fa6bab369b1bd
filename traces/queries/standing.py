"""What stands in a run's control at one moment: the commands that count, what holds it, who leases it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from deliberation.vocabulary import CommandKind
from deliberation.vocabulary.control import ENDS, STRENGTH, WANTS, WITHOUT_EFFECT
from traces.models import Command
from traces.models.command import OPEN_STAGES
from traces.queries.commands import CommandRow, row_of
from traces.queries.holds import HoldRow, read_holds
from traces.queries.leases import LeaseRow, read_lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Open commands and those that ask for the end, open holds (both newest first), and the lease."""

    commands: list[CommandRow]
    holds: list[HoldRow]
    lease: LeaseRow | None

    @property
    def is_killable(self) -> bool:
        """True when a supervisor that owns the process holds the lease."""
        return self.lease is not None and self.lease.killable

    def open_of(self, kinds: Collection[CommandKind]) -> list[CommandRow]:
        """Return the open commands of these kinds, oldest first."""
        return [each for each in reversed(self.commands) if each.is_open and each.kind in kinds]

    def end(self) -> CommandRow | None:
        """Return the strongest command that asks for the end and was neither refused nor given up."""
        asked = [each for each in self.commands
                 if each.kind in ENDS and each.stage not in WITHOUT_EFFECT]  # fmt: skip
        return max(asked, key=lambda each: STRENGTH[WANTS[each.kind]], default=None)


def read_standing(run_id: uuid.UUID) -> Standing:
    """Return what stands. Whoever holds the run's lock knows that it stays so."""
    counts = Q(stage__in=OPEN_STAGES) | Q(kind__in=[kind.value for kind in ENDS])
    found = Command.objects.filter(counts, run_id=run_id).order_by("-seq")
    return Standing(
        commands=[row_of(command) for command in found],
        holds=read_holds(run_id, only_open=True),
        lease=read_lease(run_id),
    )
