"""Settle: a step is over, and what it came to takes the place of what was reserved for it.

Guarantee: each reservation is settled once, also after its holder was thought lost: what was spent counts. Told again
it changes nothing. A step that spent nothing is released, which is settling it with nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from deliberation.vocabulary import Dimension
from traces.actions.open_till import find_shared_run, open_till
from traces.analytics.budget_line import amount_text
from traces.models import Reservation, SharedSpend
from traces.queries.access import NotVisible
from traces.queries.budget_lines import BudgetRow, told_lines
from traces.queries.patience import SECOND
from traces.queries.shared_spend import NOTHING, read_shared

KEPT_SECONDS = 600
"""A settled reservation is remembered for as long: whoever lost the answer asks again within that."""
LOST_SECONDS = 24 * 3600
"""One that nobody settled, and whose holder is heard of no more, is forgotten after a day."""


def settle_reservation(
    *,
    project: int,
    run_id: uuid.UUID,
    reservation_id: str,
    spent: Mapping[Dimension, Decimal],
    now_ns: int,
) -> list[BudgetRow]:
    """Settle, and return the run's limits as they stand. Raises NotVisible for an unknown run or reservation."""
    run = find_shared_run(project, run_id)
    with transaction.atomic():
        shared = open_till(run_id, now_ns)
        fresh = Reservation.objects.filter(
            run_id=run_id, reservation_id=reservation_id, settled_ns=None
        ).update(settled_ns=now_ns)
        if fresh:
            sums = dict(shared.spent)
            for dimension, amount in spent.items():
                sums[dimension] = sums.get(dimension, NOTHING) + amount
            told = {each.value: amount_text(much) for each, much in sums.items()}
            SharedSpend.objects.filter(run_id=run_id).update(spent=told)
        elif not Reservation.objects.filter(run_id=run_id, reservation_id=reservation_id).exists():
            raise NotVisible
        stands = read_shared(run_id, now_ns)
    assert stands is not None
    return told_lines(run, stands)


def forget_reservations(*, now_ns: int) -> int:
    """Delete what nobody will ask about any more; return how many. What was spent stays counted."""
    settled = Reservation.objects.filter(settled_ns__lt=now_ns - KEPT_SECONDS * SECOND)
    lost = Reservation.objects.filter(settled_ns=None, heard_ns__lt=now_ns - LOST_SECONDS * SECOND)
    return int(settled.delete()[0] + lost.delete()[0])
