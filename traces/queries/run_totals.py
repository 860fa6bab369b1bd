"""What the runs of a list come to together, and when that was spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Max, Min, Q, QuerySet, Sum

from deliberation.vocabulary import CostProvenance
from traces.models import Run
from traces.queries.access import Who
from traces.queries.amounts import add_known
from traces.queries.run_filters import RunFilters, narrow
from traces.queries.run_list import PORTION, portions_of
from traces.queries.run_order import RunOrder

BUCKETS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """Sums over the runs that match among the newest: of all there are where `is_whole`.

    Costs are in US dollars, `tokens` input and output; `without_cost` counts the runs that have no known cost.
    `spend` is cost by equal stretches of time from `since_ns` to `until_ns`, empty where no time is known.
    """

    runs: int
    is_whole: bool
    cost: Decimal | None
    is_estimated: bool
    without_cost: int
    tokens: int | None
    nodes: int
    discarded: int
    since_ns: int | None = None
    until_ns: int | None = None
    spend: Sequence[Decimal] = ()

    @property
    def discarded_share(self) -> float | None:
        """Discarded nodes by all nodes."""
        return self.discarded / self.nodes if self.nodes else None


def total_runs(*, who: Who, filters: RunFilters) -> RunTotals:
    """Return what the newest runs that match come to, of at most `PORTION` in each project."""
    portions = portions_of(
        who=who, filters=filters, order=RunOrder.NEWEST, start=None, most=PORTION
    )
    found = [narrow(portion.runs, filters).order_by() for portion in portions]
    sums = [_sums(runs) for runs in found]
    times = [each[name] for each in sums for name in ("since", "until") if each[name] is not None]
    since, until = (min(times), max(times)) if times else (None, None)
    spent = [_spend(runs, min(times), max(times)) for runs in found] if times else []
    return RunTotals(
        runs=sum(each["runs"] for each in sums),
        is_whole=all(portion.end is None for portion in portions),
        cost=add_known([each["costs"] for each in sums]),
        is_estimated=any(each["estimated"] for each in sums),
        without_cost=sum(each["without_cost"] for each in sums),
        tokens=add_known([each[name] for each in sums for name in ("tokens_in", "tokens_out")]),
        nodes=sum(each["all_nodes"] or 0 for each in sums),
        discarded=sum(each["all_discarded"] or 0 for each in sums),
        since_ns=since,
        until_ns=until,
        spend=[sum(bucket, Decimal(0)) for bucket in zip(*spent, strict=True)],
    )


def _sums(runs: QuerySet[Run]) -> dict[str, Any]:
    estimated = Q(cost_provenance=CostProvenance.ESTIMATED.value)
    return runs.aggregate(
        runs=Count("id"),
        costs=Sum("cost"),
        estimated=Count("id", filter=estimated),
        without_cost=Count("id", filter=Q(cost=None)),
        tokens_in=Sum("input_tokens"),
        tokens_out=Sum("output_tokens"),
        all_nodes=Sum("nodes"),
        all_discarded=Sum("discarded"),
        since=Min("started_ns"),
        until=Max("started_ns"),
    )


def _spend(runs: QuerySet[Run], since: int, until: int) -> list[Decimal]:
    """Return the cost of each stretch of time; a run's counts where it began."""
    buckets = [Decimal(0)] * BUCKETS
    width = max(1, -(-(until - since + 1) // BUCKETS))
    number = Func(
        F("started_ns"),
        template=f"((%(expressions)s - {int(since)}) / {width})::int",
        output_field=IntegerField(),
    )
    dated = runs.filter(started_ns__isnull=False, cost__isnull=False)
    for at, cost in dated.annotate(at=number).values_list("at").annotate(Sum("cost")):
        buckets[at] = cost
    return buckets
