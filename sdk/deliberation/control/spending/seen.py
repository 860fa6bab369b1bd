"""How much steps of one sort have taken so far."""

from __future__ import annotations

from decimal import Decimal

from deliberation.control.spending.bill import Want
from deliberation.vocabulary import Dimension

MARGIN = 8
"""After so many steps of a sort, twice the most that one took is reserved for each that begins beside others."""


class Seen:
    """The most that a step of each sort took, and how many said so."""

    def __init__(self) -> None:
        self._most: dict[tuple[str, Dimension], tuple[int, Decimal]] = {}

    def note(self, sort: str, dimension: Dimension, amount: Decimal) -> None:
        """Take in what one took."""
        count, most = self._most.get((sort, dimension), (0, amount))
        self._most[sort, dimension] = (count + 1, max(most, amount))

    def want(self, sort: str, dimension: Dimension) -> Want | None:
        """Return what the next one is to reserve; None when none has said anything.

        At least the most that one took. Beside others it reserves more, `(1 + 8 / n)` times as much after n
        of them: few say little, and many that begin at once on too low a guess would all overshoot.
        """
        if (sort, dimension) not in self._most:
            return None
        count, most = self._most[sort, dimension]
        return Want(most, most * (1 + Decimal(MARGIN) / count), most, is_guess=True)
