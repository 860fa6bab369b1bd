"""What a run may spend, and what it spent of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from deliberation.vocabulary import BudgetSource, Dimension, OnHit, SpendBasis
from traces.analytics.budget_line import BudgetLine, read_lines
from traces.models import Run
from traces.queries.leases import LeaseRow
from traces.queries.recorded_spend import amounts_on_row, recorded_amounts
from traces.queries.shared_spend import NOTHING, Shared, read_shared


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """One limit, in the unit of its dimension, and where the run stands with it. Amounts that are unknown are None.

    `spent` and `reserved` are by `basis`; `recorded` is what was recorded here, whatever the program says; `hit_spent`
    is what was spent at the last hit.
    """

    dimension: Dimension
    hard: Decimal | None
    soft: Decimal | None
    on_hit: OnHit
    on_soft: OnHit
    version: int
    source: BudgetSource
    by: str | None
    reason: str | None
    policy: str | None
    set_ns: int | None
    spent: Decimal | None
    reserved: Decimal | None
    basis: SpendBasis
    recorded: Decimal | None
    soft_hit_ns: int | None
    hard_hit_ns: int | None
    hit_spent: Decimal | None


@dataclass(frozen=True, slots=True)
class _Count:
    """What somebody counts of the spending themselves, before it is recorded."""

    basis: SpendBasis
    spent: Mapping[Dimension, Decimal]
    reserved: Mapping[Dimension, Decimal]

    def counts(self, dimension: Dimension) -> bool:
        return dimension in self.spent or dimension in self.reserved


def budget_lines(run: Run, lease: LeaseRow | None, now_ns: int | None) -> list[BudgetRow]:
    """Return the limits of a run, in the vocabulary's order; without `now_ns` as they were recorded, and no more.

    What its processes count counts while they are heard of; of a run that several spend from, what they count together.
    """
    lines = read_lines(run.budgets)
    recorded = recorded_amounts(run, lines, now_ns)
    counts = [] if not lines or now_ns is None else list(_counts(run, lease, now_ns))
    return [
        _row(dimension, line, recorded.get(dimension), counts) for dimension, line in lines.items()
    ]


def told_lines(run: Run, shared: Shared | None = None) -> list[BudgetRow]:
    """Return the limits as a runner needs to know them: without what takes another query, for it counts itself."""
    known = amounts_on_row(run)
    counts = [] if shared is None else [_shared(shared)]
    return [
        _row(dimension, line, known.get(dimension), counts)
        for dimension, line in read_lines(run.budgets).items()
    ]


def _counts(run: Run, lease: LeaseRow | None, now_ns: int) -> Iterator[_Count]:
    if lease is None or not lease.is_live(now_ns):
        return
    shared = read_shared(run.id, now_ns)
    if shared is not None:
        yield _shared(shared)
    yield _Count(SpendBasis.RUNNER, _amounts(lease.spent), _amounts(lease.reserved))


def _shared(shared: Shared) -> _Count:
    return _Count(SpendBasis.SHARED, shared.spent, shared.reserved)


def _row(
    dimension: Dimension, line: BudgetLine, recorded: Decimal | None, counts: Sequence[_Count]
) -> BudgetRow:
    count = next((each for each in counts if each.counts(dimension)), None)
    same = ("version", "source", "by", "reason", "policy", "set_ns", "soft_hit_ns", "hard_hit_ns",
            "hit_spent")  # fmt: skip
    return BudgetRow(
        dimension=dimension,
        hard=line.limit.hard,
        soft=line.limit.soft,
        on_hit=line.limit.on_hit,
        on_soft=line.limit.on_soft,
        spent=recorded if count is None else count.spent.get(dimension, NOTHING),
        reserved=None if count is None else count.reserved.get(dimension),
        basis=SpendBasis.RECORDED if count is None else count.basis,
        recorded=recorded,
        **{each: getattr(line, each) for each in same},
    )


def _amounts(said: Mapping[str, str]) -> Mapping[Dimension, Decimal]:
    return {Dimension(name): Decimal(amount) for name, amount in said.items()}
