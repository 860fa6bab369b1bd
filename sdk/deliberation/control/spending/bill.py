"""What one step is to spend, before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from deliberation.vocabulary import Dimension

if TYPE_CHECKING:
    from deliberation.control.spending.account import Account, Entry
    from deliberation.control.standing import Standing

ZERO = Decimal(0)
ONE = Decimal(1)

COUNTED = frozenset({Dimension.TOOL_CALLS, Dimension.MODEL_CALLS, Dimension.SAMPLES})
"""Spent when a step begins, whatever becomes of it."""
SIZED = frozenset({Dimension.TOKENS, Dimension.REASONING_TOKENS, Dimension.USD})
"""Reserved when a step begins, and settled at its end by what it says."""


class Want(NamedTuple):
    """What a step is to spend of one dimension.

    `wish` is reserved where there is room for it beside what others have reserved, None for all that
    is left; where nothing more can come back, what is there, if it is `least` or more. `usual` is
    what counts when the step ends well and does not say what it took. `is_guess` says that nobody
    stated any of it.
    """

    least: Decimal
    wish: Decimal | None
    usual: Decimal = ZERO
    is_guess: bool = False


def exactly(amount: Decimal | int) -> Want:
    """Return what is known beforehand."""
    amount = Decimal(amount)
    return Want(amount, amount, amount)


UNKNOWN = Want(Decimal(1).scaleb(-18), None, is_guess=True)
"""Anything: it begins when nothing else is in progress, with all that is left."""


_numbers = count(1)


class Bill:
    """What one step is to spend, and what was reserved for it.

    `around` are the bills of the steps that it is part of; what others of its `sort` took says what it
    may take. One that is dropped without an end gives back what it reserved.
    `bookings` are what was reserved for it at the server, by the run.
    """

    __slots__ = (
        "__weakref__",
        "around",
        "bookings",
        "entries",
        "is_taken",
        "may_wait",
        "number",
        "on_drop",
        "sort",
        "waits_on",
        "wants",
    )

    def __init__(
        self,
        wants: Mapping[Dimension, Want],
        around: Iterable[Bill] = (),
        *,
        sort: str | None = None,
    ) -> None:
        self.number = next(_numbers)
        self.wants = wants
        self.around = frozenset(each.number for each in around)
        self.sort = sort
        self.is_taken = False
        self.may_wait = True
        self.entries: dict[Account, Entry] = {}
        self.bookings: dict[Standing, Any] = {}
        self.waits_on: frozenset[Account] = frozenset()
        self.on_drop: Callable[[list[Entry]], None] | None = None

    def granted(self, dimension: Dimension) -> Decimal | None:
        """Return the least that was reserved of a dimension, in any of the runs; None where it has no limit."""
        amounts = [
            entry.amount for each, entry in self.entries.items() if each.dimension is dimension
        ]
        return min(amounts, default=None)

    def __del__(self) -> None:
        """Give back what was reserved: the program has let go of the step."""
        if self.entries and self.on_drop is not None:
            self.on_drop(list(self.entries.values()))
