"""What the processes of one run have spent and reserved together."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from deliberation.vocabulary import Dimension
from traces.models import Reservation, SharedSpend
from traces.queries.patience import patience

Sums = Mapping[Dimension, Decimal]
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shared:
    """Spent and reserved, by dimension; what is not named is nothing."""

    spent: Sums
    reserved: Sums


def read_shared(run_id: uuid.UUID, now_ns: int) -> Shared | None:
    """Return what a run's processes have spent and reserved; None for a run that is not shared."""
    found = SharedSpend.objects.filter(run_id=run_id).first()
    if found is None:
        return None
    unsettled = Reservation.objects.filter(run_id=run_id, settled_ns=None)
    return Shared(sum_of([found.spent]), reserved_by(unsettled, now_ns))


def reserved_by(reservations: Iterable[Reservation], now_ns: int) -> Sums:
    """Return the sums of the reservations that count: not settled, by processes that are heard of."""
    heard_after = now_ns - patience().lease
    return sum_of(
        each.amounts
        for each in reservations
        if each.settled_ns is None and each.heard_ns > heard_after
    )


def sum_of(amounts: Iterable[Mapping[str, str]]) -> Sums:
    """Return the sums of amounts that are kept as decimal strings."""
    sums: defaultdict[Dimension, Decimal] = defaultdict(Decimal)
    for each in amounts:
        for name, amount in each.items():
            sums[Dimension(name)] += Decimal(amount)
    return sums
