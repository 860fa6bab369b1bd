"""What a fork may spend: what its original had left, and again what it repeats of it, which costs nothing.

A fork counts the calls that it repeats as its original did, or it would not come to the same place; so its limits hold
them too. What it spends itself is then at most what the original had left.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Count, Q, Sum

from deliberation.vocabulary import Dimension, Limit, NodeKind
from traces.analytics.billing import SetAside
from traces.models import Run
from traces.queries.beginnings import nodes_by_begin
from traces.queries.budget_lines import BudgetRow, budget_lines
from traces.queries.leases import read_lease

NOTHING = Decimal(0)
Amounts = Mapping[Dimension, Decimal]


def read_remainder(original: Run, until_seq: int | None, now_ns: int) -> dict[Dimension, Limit]:
    """Return the limits of a fork that is live from an entry of the original on, which the caller has checked.

    Levels are not used up, and are left out. `until_seq` is None where nothing is known to be repeated.
    """
    lines = budget_lines(original, read_lease(original.id), now_ns)
    if not lines:
        return {}
    repeated = {} if until_seq is None else _sums(_told_of(original, Q(begun__lt=until_seq)))
    # Of what the original itself repeated, its row counts the calls and not what they had cost.
    again = _sums(_told_of(original, Q(aside=SetAside.REPLAYED))) if original.replay_of else {}
    return {
        row.dimension: _remainder(row, repeated, {} if row.dimension in COUNTS else again)
        for row in lines
        if row.dimension is not Dimension.DEPTH
    }


COUNTS = (Dimension.MODEL_CALLS, Dimension.TOOL_CALLS, Dimension.SAMPLES)


def _remainder(row: BudgetRow, repeated: Amounts, again: Amounts) -> Limit:
    recorded = row.recorded
    if recorded is not None or row.dimension in again:
        recorded = (recorded or NOTHING) + again.get(row.dimension, NOTHING)
    known = [amount for amount in (row.spent, recorded) if amount is not None]
    spent = max(known, default=NOTHING) + (row.reserved or NOTHING)
    more = repeated.get(row.dimension, NOTHING)
    return Limit(
        hard=None if row.hard is None else max(row.hard - spent, NOTHING) + more,
        # One that was passed has said what it had to say.
        soft=None if row.soft is None or row.soft <= spent else row.soft - spent + more,
        on_hit=row.on_hit,
        on_soft=row.on_soft,
    )


def _told_of(run: Run, which: Q) -> dict[str, int | Decimal | None]:
    counted = Q(aside=None) | Q(aside=SetAside.REPLAYED)
    kinds = (NodeKind.MODEL_CALL, NodeKind.TOOL_CALL, NodeKind.SAMPLE)
    return (
        nodes_by_begin(run.pk)
        .filter(which)
        .aggregate(
            usd=Sum("cost", filter=counted),
            input=Sum("input_tokens", filter=counted),
            output=Sum("output_tokens", filter=counted),
            reasoning=Sum("reasoning_tokens", filter=counted),
            **{kind.value: Count("node_id", filter=Q(kind=kind.value)) for kind in kinds},
        )
    )


def _sums(told: Mapping[str, int | Decimal | None]) -> Amounts:
    def amount(*names: str) -> Decimal:
        return sum((Decimal(told[name] or 0) for name in names), NOTHING)

    return {
        Dimension.TOKENS: amount("input", "output"),
        Dimension.REASONING_TOKENS: amount("reasoning"),
        Dimension.USD: amount("usd"),
        Dimension.MODEL_CALLS: amount(NodeKind.MODEL_CALL.value),
        Dimension.TOOL_CALLS: amount(NodeKind.TOOL_CALL.value),
        Dimension.SAMPLES: amount(NodeKind.SAMPLE.value),
    }
