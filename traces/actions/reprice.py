"""Reprice: compute the costs of a run's calls again, and append what comes out differently to its ledger.

Guarantee: one transaction per run under the run's lock, so that dying half-way leaves whole runs, and two at once
append each change once. The new costs are entries like any other: a rebuild repeats them. What the source stated is
never touched, a call never loses a price, and a computed one is never replaced by an estimate. Again with the same
prices, nothing is appended.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from django.db import transaction

from deliberation.events import NodeObserved
from deliberation.events.server_made import REPRICE_KEY
from deliberation.vocabulary import Cost, CostProvenance
from traces.actions.record import record, report_on
from traces.actions.run_rows import lock_runs
from traces.actions.settle_responses import settle_responses
from traces.live.publish import RunChange
from traces.models import Run
from traces.pricing import PriceList
from traces.projection.project import EXACT
from traces.queries.computed_costs import PricedCall, read_computed_costs

BY = "server:reprice"
Randbytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """What repricing made of a run: how many calls have another cost now, and its sum before and after, in dollars.

    `was_unpriced` are those of the calls that had no cost. `changes` are for live pages.
    """

    run: uuid.UUID
    calls: int
    was_unpriced: int
    before: Decimal | None
    after: Decimal | None
    changes: tuple[RunChange, ...] = ()


def reprice(
    *,
    run_id: uuid.UUID,
    prices: PriceList,
    now_ns: int,
    randbytes: Randbytes,
    since_ns: int | None = None,
) -> Repriced:
    """Reprice the calls of one run, only those that began at `since_ns` or later when it is given."""
    foreseen = foresee(run_id=run_id, prices=prices, since_ns=since_ns)
    if not foreseen.calls:
        return foreseen  # without a lock: most runs, most times
    with transaction.atomic():
        before = lock_runs([run_id])[run_id].cost
        run = Run.objects.get(pk=run_id)
        calls = was_unpriced = 0
        changes: tuple[RunChange, ...] = ()
        for found in _differing(run_id, prices, since_ns):
            events = [_event(run_id, call, cost, now_ns) for call, cost in found]
            changes = _append(run, events, now_ns, randbytes) or changes
            calls += len(found)
            was_unpriced += sum(call.cost is None for call, _ in found)
        after = Run.objects.values_list("cost", flat=True).get(pk=run_id)
    changes += settle_responses() if calls else ()
    return Repriced(
        run=run_id,
        calls=calls,
        was_unpriced=was_unpriced,
        before=before,
        after=after,
        changes=changes,
    )


def foresee(*, run_id: uuid.UUID, prices: PriceList, since_ns: int | None = None) -> Repriced:
    """Return what `reprice` would make of a run, and change nothing."""
    before = after = Run.objects.values_list("cost", flat=True).get(pk=run_id)
    calls = was_unpriced = 0
    with localcontext(EXACT):
        for found in _differing(run_id, prices, since_ns):
            calls += len(found)
            for call, cost in found:
                was_unpriced += call.cost is None
                if call.counts and cost.amount is not None:
                    after = (after or 0) + cost.amount - (call.cost or 0)
    return Repriced(run=run_id, calls=calls, was_unpriced=was_unpriced, before=before, after=after)


def _differing(
    run_id: uuid.UUID, prices: PriceList, since_ns: int | None
) -> Iterator[list[tuple[PricedCall, Cost]]]:
    for calls in read_computed_costs(run_id, since_ns=since_ns):
        costs = [(call, prices.cost_of(call.model, call.provider, call.usage, call.began_ns))
                 for call in calls]  # fmt: skip
        found = [(call, cost) for call, cost in costs if _is_better(call, cost)]
        if found:
            yield found


def _is_better(call: PricedCall, cost: Cost) -> bool:
    """Return True when a cost says something else than what stands, and is not weaker."""
    if cost.amount is None:
        return False
    if (
        call.provenance == CostProvenance.PRICED.value
        and cost.provenance is not CostProvenance.PRICED
    ):
        return False
    return call.cost != cost.amount or call.provenance != cost.provenance.value


def _event(run_id: uuid.UUID, call: PricedCall, cost: Cost, now_ns: int) -> NodeObserved:
    # With the seq that last changed the node: the same price may come back after another one.
    said = f"{call.node_id}\n{call.changed_seq}\n{cost.price_table}\n{cost.amount}"
    key = f"{REPRICE_KEY}{hashlib.sha256(said.encode()).hexdigest()[:40]}"
    return NodeObserved(run=str(run_id), key=key, at=now_ns, node=call.node_id, cost=cost)


def _append(
    run: Run, events: list[NodeObserved], now_ns: int, randbytes: Randbytes
) -> tuple[RunChange, ...]:
    report = report_on(run, events, by=BY, now_ns=now_ns)
    now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
    return record(reports=[report], now=now, randbytes=randbytes).changes
