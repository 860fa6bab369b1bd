"""What one run spends, by dimension."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from deliberation.control.spending.account import Account
from deliberation.control.spending.hit import Hit
from deliberation.control.spending.lines import read_lines
from deliberation.control.spending.seen import Seen
from deliberation.vocabulary import Dimension, Limit


class Meter:
    """The accounts of one run. Whoever uses it holds the run's lock.

    It counts from the run's begin, also where nothing is limited yet: a limit may come later.
    `stated` are the limits of the program itself. `bookings` is what reserves at the server, where
    several processes spend from one budget. `is_heard` says that there is a server, which can hold
    the run and ask for it. `report` is called with each limit that was reached, without the lock.
    `has_news` is True when spending changed that nobody was told of.
    """

    def __init__(
        self,
        limits: Mapping[Dimension, Limit] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stated = dict(limits or {})
        self.accounts = {each: Account(each, limit) for each, limit in (limits or {}).items()}
        self.limited: tuple[Account, ...] = tuple(self.accounts.values())
        self.seen = Seen()
        self.is_heard = False
        self.bookings: Any = None
        self.has_news = False
        self.has_complained = False
        self.untold: deque[Hit] = deque()
        self.report: Callable[[Hit], None] = _nobody
        self.timer: threading.Timer | None = None
        self._clock = clock
        self._began = clock()

    @property
    def is_unknown(self) -> bool:
        """Return True while the server, which is to keep the budget, has not said what it is."""
        return self.bookings is not None and not all(each.is_told for each in self.limited)

    def start(self) -> None:
        """Count the seconds from now."""
        self._began = self._clock()

    def account(self, dimension: Dimension) -> Account:
        """Return the account of a dimension."""
        if dimension not in self.accounts:
            self.accounts[dimension] = Account(dimension)
        return self.accounts[dimension]

    def hear(self, said: tuple[dict[str, Any], ...]) -> None:
        """Take in what the server says of the limits."""
        for line in read_lines(said):
            self.account(line.dimension).hear(line)
        if said:
            self.limited = tuple(
                each
                for each in self.accounts.values()
                if each.limit.hard is not None or each.limit.soft is not None
            )

    def tick(self) -> None:
        """Take in the time that has passed."""
        seconds = self.accounts.get(Dimension.SECONDS)
        if seconds is not None:
            seconds.own = Decimal(str(round(self._clock() - self._began, 3)))

    def spending(self) -> dict[str, Any]:
        """Return what a heartbeat says of the dimensions that have a limit."""
        self.has_news = False
        if not self.limited:
            return {}
        self.tick()
        return {
            "spent": {each.dimension.value: f"{each.spent:f}" for each in self.limited},
            "reserved": {each.dimension.value: f"{each.reserved:f}" for each in self.limited},
        }

    def restart_in_child(self) -> None:
        """After a fork: the calls in progress are the parent's, and so is the clock's thread."""
        for each in self.accounts.values():
            each.open, each.is_asking = set(), False
        self.timer = None

    def tell_hits(self) -> None:
        """Report what was reached. Without the lock."""
        while self.untold:
            self.report(self.untold.popleft())


def _nobody(hit: Hit) -> None:
    pass
