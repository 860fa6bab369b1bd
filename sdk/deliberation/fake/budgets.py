"""What a run may spend, at the fake: the lines of its budget, and what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from deliberation.events import BudgetHit, NodeEnded, NodeStarted, RunStarted
from deliberation.events.base import Event
from deliberation.vocabulary import (
    BudgetSource,
    Dimension,
    Limit,
    LimitKind,
    NodeKind,
    OnHit,
    SpendBasis,
)
from deliberation.vocabulary.budget import Amount, read_amount

ZERO = Decimal(0)
KINDS = {
    NodeKind.MODEL_CALL: Dimension.MODEL_CALLS,
    NodeKind.TOOL_CALL: Dimension.TOOL_CALLS,
    NodeKind.SAMPLE: Dimension.SAMPLES,
}


@dataclass(slots=True)
class Line:
    """One dimension's limit, its version, and which of the two was reached in it."""

    dimension: Dimension
    limit: Limit
    version: int = 1
    source: BudgetSource = BudgetSource.RUN
    hits: set[LimitKind] = field(default_factory=set)


class Budgets:
    """The lines of one run, and the sums of what was recorded of it."""

    def __init__(self) -> None:
        self.lines: dict[Dimension, Line] = {}
        self.recorded: dict[Dimension, Decimal] = {}

    def record(self, event: Event) -> str | None:
        """Take in an event; return why the run is to be held, if it is."""
        if isinstance(event, RunStarted):
            self._start(event)
        elif isinstance(event, NodeStarted) and event.node_kind in KINDS:
            self._count(KINDS[event.node_kind], Decimal(1))
        elif isinstance(event, NodeEnded):
            self._end(event)
        elif isinstance(event, BudgetHit):
            return self._hit(event)
        return None

    def set(
        self,
        name: str,
        source: BudgetSource,
        *,
        hard: Amount = None,
        soft: Amount = None,
        on_hit: OnHit | str | None = None,
        on_soft: OnHit | str | None = None,
    ) -> None:
        """Set a line anew; what is not named stays as it was."""
        dimension = Dimension(name)
        known = self.lines.get(dimension)
        was = known.limit if known else Limit()
        limit = Limit(
            hard=was.hard if hard is None else read_amount(hard, name),
            soft=was.soft if soft is None else read_amount(soft, name),
            on_hit=was.on_hit if on_hit is None else OnHit(on_hit),
            on_soft=was.on_soft if on_soft is None else OnHit(on_soft),
        )
        version = known.version + 1 if known else 1
        self.lines[dimension] = Line(dimension, limit, version, source)

    def plain(self) -> list[dict[str, Any]]:
        """Return the lines as a runner is told them."""
        return [self._tell(line) for line in self.lines.values()]

    def _tell(self, line: Line) -> dict[str, Any]:
        recorded = self.recorded.get(line.dimension, ZERO)
        limit = line.limit
        return {
            "dimension": line.dimension.value,
            "hard": None if limit.hard is None else f"{limit.hard:f}",
            "soft": None if limit.soft is None else f"{limit.soft:f}",
            "on_hit": limit.on_hit.value,
            "on_soft": limit.on_soft.value,
            "version": line.version,
            "source": line.source.value,
            "policy": None,
            "recorded": f"{recorded:f}",
            "soft_hit": LimitKind.SOFT in line.hits,
            "hard_hit": LimitKind.HARD in line.hits,
        }

    def _start(self, event: RunStarted) -> None:
        hard, soft = event.budgets or {}, event.soft_budgets or {}
        for name in dict.fromkeys((*hard, *soft)):
            dimension = Dimension(name)
            limit = Limit(
                hard=read_amount(hard.get(name), name),
                soft=read_amount(soft.get(name), name),
                on_hit=OnHit((event.on_hit or {}).get(name, OnHit.STOP)),
                on_soft=OnHit((event.on_soft or {}).get(name, OnHit.WARN)),
            )
            known = self.lines.get(dimension)
            if known is None:
                self.lines[dimension] = Line(dimension, limit)
            elif known.source is BudgetSource.POLICY:
                tighter = limit.tightened(known.limit)
                if tighter != known.limit:
                    known.limit, known.version = tighter, known.version + 1

    def _hit(self, event: BudgetHit) -> str | None:
        line = self.lines.get(Dimension(event.dimension))
        if line is None or event.version not in (None, line.version):
            return None
        line.hits.add(event.which)
        asks = event.action is OnHit.ASK and event.basis is SpendBasis.RECORDED
        if event.action is OnHit.PAUSE or asks:
            return f"{event.dimension}: {event.spent:f} of {event.limit:f} spent"
        return None

    def _end(self, event: NodeEnded) -> None:
        if event.usage is not None:
            said = event.usage
            self._count(Dimension.TOKENS, Decimal((said.input or 0) + (said.output or 0)))
            self._count(Dimension.REASONING_TOKENS, Decimal(said.reasoning or 0))
        if event.cost is not None and event.cost.amount is not None:
            self._count(Dimension.USD, event.cost.amount)

    def _count(self, dimension: Dimension, amount: Decimal) -> None:
        self.recorded[dimension] = self.recorded.get(dimension, ZERO) + amount
