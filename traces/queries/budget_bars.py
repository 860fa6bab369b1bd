"""What a run may spend and spent, as bars with words: what is drawn is always told too."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import BudgetSource, Dimension
from traces.analytics.amount_words import amount_words
from traces.queries.budget_lines import BudgetRow
from traces.queries.spoken import spoken

WARM_SHARE = 0.8
SOURCES = {
    BudgetSource.RUN: _("stated by the program"),
    BudgetSource.POLICY: _("by a policy of the project"),
    BudgetSource.FORK: _("what the run before had left"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetBar:
    """One limit. The whole bar is the hard limit, else the soft one; shares of it, None where nothing can be drawn.

    `over` is what was spent beyond the hard limit.
    """

    row: BudgetRow
    whole: Decimal | None
    spent_share: float | None
    reserved_share: float | None
    soft_share: float | None
    over: Decimal | None

    @property
    def words(self) -> str:
        """What was spent of what: "$0.31 of $0.50 · $0.04 reserved"."""
        row = self.row
        told = _told(row.dimension, row.spent)
        if self.whole is None:
            told = gettext("{spent}, no limit").format(spent=told)
        else:
            words = (
                gettext("{spent} of {limit} (soft limit)")
                if row.hard is None
                else gettext("{spent} of {limit}")
            )
            told = words.format(spent=told, limit=amount_words(row.dimension, self.whole))
        if not row.reserved:
            return told
        amount = amount_words(row.dimension, row.reserved)
        return f"{told} · {gettext('{amount} reserved').format(amount=amount)}"

    @property
    def tone(self) -> str | None:
        """How the bar is filled: None, "warm" near the limit or past the soft one, "over"."""
        if self.over is not None:
            return "over"
        share = self.spent_share or 0
        is_past_soft = self.soft_share is not None and share >= self.soft_share
        return "warm" if is_past_soft or share >= WARM_SHARE else None

    @property
    def over_words(self) -> str | None:
        """How much was spent beyond the hard limit, None where nothing was."""
        return None if self.over is None else amount_words(self.row.dimension, self.over)

    @property
    def told(self) -> str:
        """All that the bar shows, for whoever does not see it."""
        over = self.over_words
        if over is None:
            return self.words
        return gettext("{told}, {amount} over the limit").format(told=self.words, amount=over)

    @property
    def comes_from(self) -> str:
        """Where the limit comes from, where that is no person with a reason."""
        return self.row.policy or str(SOURCES.get(self.row.source, ""))


def bar_of(row: BudgetRow) -> BudgetBar:
    """Return how a limit is drawn and told."""
    whole = row.hard if row.hard is not None else row.soft
    spent, reserved = _share(row.spent, whole), _share(row.reserved, whole)
    is_over = row.hard is not None and row.spent is not None and row.spent > row.hard
    return BudgetBar(
        row=row,
        whole=whole,
        spent_share=spent,
        reserved_share=None if reserved is None else min(reserved, 1 - (spent or 0)),
        soft_share=_share(row.soft, whole) if row.hard is not None else None,
        over=(row.spent or Decimal(0)) - row.hard if is_over and row.hard is not None else None,
    )


def _share(amount: Decimal | None, whole: Decimal | None) -> float | None:
    if amount is None or whole is None:
        return None
    # Of a limit of nothing, nothing is spent or all of it.
    return min(1.0, float(amount / whole)) if whole else float(amount > 0)


def _told(dimension: Dimension, amount: Decimal | None) -> str:
    return spoken("unknown") if amount is None else amount_words(dimension, amount)
