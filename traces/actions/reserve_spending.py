"""Reserve: a process of a run that several spend from keeps aside what its next step may take.

Guarantee: one at a time and all of it or nothing, so that what is spent and reserved together does not pass a hard
limit, however many ask at once. The same id again, after an answer that was lost, is the same reservation. It lasts as
long as its holder is heard of. A server that dies before the commit has reserved nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from deliberation.vocabulary import Dimension, LimitKind, OnHit
from traces.actions.conflict import Conflict
from traces.actions.open_till import Till, open_till
from traces.analytics.budget_line import BudgetLine, amount_text, read_lines
from traces.models import Hold, Reservation
from traces.projection.budgets import hold_of
from traces.queries.budget_lines import BudgetRow, told_lines
from traces.queries.patience import patience
from traces.queries.shared_spend import NOTHING, Shared

MAX_OPEN = 2_000
"""Of one run: more steps than that are not in progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a step is to spend at most, under a name that its process makes up; `holder` names the process."""

    reservation_id: str
    holder: str
    amounts: Mapping[Dimension, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A reservation that stands, until when at least, and the run's limits with it."""

    reservation_id: str
    expires_ns: int
    budgets: list[BudgetRow]


class Short(Exception):
    """409: it does not fit below a hard limit. What is reserved by others may come back."""

    def __init__(self, dimension: Dimension, line: BudgetLine, shared: Shared) -> None:
        super().__init__(f"{dimension.value}: not enough is left")
        self.dimension = dimension
        self.which = LimitKind.HARD
        self.line = line
        self.spent = shared.spent.get(dimension, NOTHING)
        self.reserved = shared.reserved.get(dimension, NOTHING)


def reserve_spending(*, project: int, run_id: uuid.UUID, wanted: Wanted, now_ns: int) -> Reserved:
    """Reserve. Raises Short, NotVisible for a run that is not known or has no limit yet, Conflict for one that ends."""
    name = wanted.reservation_id
    with transaction.atomic():
        till = open_till(project=project, run_id=run_id, reservation_id=name, now_ns=now_ns)
        shared = till.shared
        if till.known is None:
            till.check_spends()
            _check_room(till, wanted)
            shared = _keep(run_id, shared, wanted, now_ns)
    return Reserved(
        reservation_id=name,
        expires_ns=now_ns + patience().lease,
        budgets=told_lines(till.run, shared),
    )


def renew_reservations(*, holders: Mapping[uuid.UUID, str], now_ns: int) -> None:
    """Note that processes are heard of; run id → who spoke for it. What they have reserved lasts on."""
    if holders:
        Reservation.objects.filter(
            run_id__in=list(holders), holder__in=set(holders.values()), settled_ns=None
        ).update(heard_ns=now_ns)


def _check_room(till: Till, wanted: Wanted) -> None:
    run, shared = till.run, till.shared
    lines = read_lines(run.budgets)
    for dimension, amount in wanted.amounts.items():
        line = lines.get(dimension)
        if line is None or line.limit.hard is None:
            continue
        taken = shared.spent.get(dimension, NOTHING) + shared.reserved.get(dimension, NOTHING)
        if taken + amount > line.limit.hard and not _is_passed(run.id, dimension, line):
            raise Short(dimension, line, shared)
    if till.unsettled >= MAX_OPEN:
        raise Conflict(f"{MAX_OPEN} of its reservations are not settled", run)


def _is_passed(run_id: uuid.UUID, dimension: Dimension, line: BudgetLine) -> bool:
    """Return True for a limit that was reached in this version, and that the run may go beyond all the same."""
    if not line.is_hit(LimitKind.HARD) or line.limit.on_hit is OnHit.STOP:
        return False
    if line.limit.on_hit is OnHit.WARN:
        return True
    held = Hold.objects.filter(run_id=run_id, hold_id=f"{hold_of(dimension)}:hard:{line.version}")
    found = held.values_list("is_open", flat=True).first()
    return found is False


def _keep(run_id: uuid.UUID, shared: Shared, wanted: Wanted, now_ns: int) -> Shared:
    Reservation.objects.create(
        run_id=run_id,
        reservation_id=wanted.reservation_id,
        holder=wanted.holder,
        amounts={each.value: amount_text(much) for each, much in wanted.amounts.items()},
        heard_ns=now_ns,
    )
    reserved = dict(shared.reserved)
    for dimension, amount in wanted.amounts.items():
        reserved[dimension] = reserved.get(dimension, NOTHING) + amount
    return Shared(shared.spent, reserved)
