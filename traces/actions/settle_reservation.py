"""Settle: a step is over, and what it came to takes the place of what was reserved for it.

Guarantee: each reservation is settled once, also after its holder was thought lost: what was spent counts. Told again
it changes nothing. A step that spent nothing is released, which is settling it with nothing.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from traces.actions.open_till import open_till
from traces.analytics.budget_line import amount_text
from traces.models import Reservation, SharedSpend
from traces.queries.access import NotVisible
from traces.queries.budget_lines import BudgetRow, told_lines
from traces.queries.patience import SECOND
from traces.queries.shared_spend import NOTHING, Shared, Sums, reserved_by, sum_of

KEPT_SECONDS = 600
"""A settled reservation is remembered for as long: whoever lost the answer asks again within that."""
LOST_SECONDS = 24 * 3600
"""One that nobody settled, and whose holder is heard of no more, is forgotten after a day."""


def settle_reservation(
    *,
    project: int,
    run_id: uuid.UUID,
    reservation_id: str,
    spent: Sums,
    now_ns: int,
) -> list[BudgetRow]:
    """Settle, and return the run's limits as they stand. Raises NotVisible for an unknown run or reservation."""
    with transaction.atomic():
        till = open_till(
            project=project, run_id=run_id, reservation_id=reservation_id, now_ns=now_ns
        )
        if till.known is None:
            raise NotVisible
        shared = till.shared
        if till.known.settled_ns is None:
            shared = _settle(till.known, shared, spent, now_ns)
    return told_lines(till.run, shared)


def _settle(known: Reservation, shared: Shared, spent: Sums, now_ns: int) -> Shared:
    is_counted = bool(reserved_by([known], now_ns))
    held = sum_of([known.amounts] if is_counted else [])
    stands = Shared(_plus(shared.spent, spent), _plus(shared.reserved, held, -1))
    told = {each.value: amount_text(much) for each, much in stands.spent.items()}
    SharedSpend.objects.filter(run_id=known.run_id).update(spent=told)
    known.settled_ns = now_ns
    known.save(update_fields=["settled_ns"])
    return stands


def _plus(sums: Sums, more: Sums, sign: int = 1) -> Sums:
    return {
        each: sums.get(each, NOTHING) + sign * more.get(each, NOTHING) for each in (*sums, *more)
    }


def forget_reservations(*, now_ns: int) -> int:
    """Delete what nobody will ask about any more; return how many. What was spent stays counted."""
    settled = Reservation.objects.filter(settled_ns__lt=now_ns - KEPT_SECONDS * SECOND)
    lost = Reservation.objects.filter(settled_ns=None, heard_ns__lt=now_ns - LOST_SECONDS * SECOND)
    return int(settled.delete()[0] + lost.delete()[0])
