"""What a run spent, as it was recorded, against what it was allowed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from deliberation.vocabulary import Dimension
from traces.analytics.amount_words import amount_words
from traces.models import Run
from traces.queries.budget_lines import BudgetRow, budget_lines
from traces.queries.spoken import spoken

WARM_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLine:
    """Spent against one budget: `words` are "$0.31 of $0.50", `tone` None, "warm" or "over"."""

    dimension: str
    words: str
    share: float | None
    tone: str | None


def spend_lines(run: Run) -> list[SpendLine]:
    """Return one line for each limit of the run, in the vocabulary's order; where there is no hard one, of the soft.

    None for the seconds of a run that goes on: they are not recorded yet.
    """
    return [_line(row) for row in budget_lines(run, None, None) if not _goes_on(row)]


def _line(row: BudgetRow) -> SpendLine:
    allowed = row.hard if row.hard is not None else row.soft
    share = None if row.recorded is None or not allowed else float(row.recorded / allowed)
    return SpendLine(
        dimension=row.dimension.value,
        words=gettext("{spent} of {limit}").format(
            spent=_words(row.dimension, row.recorded), limit=_words(row.dimension, allowed)
        ),
        share=share,
        tone=None if share is None or share < WARM_SHARE else "over" if share > 1 else "warm",
    )


def _goes_on(row: BudgetRow) -> bool:
    return row.dimension is Dimension.SECONDS and row.recorded is None


def _words(dimension: Dimension, amount: Decimal | None) -> str:
    return spoken("unknown") if amount is None else amount_words(dimension, amount)
