"""One dimension of a run's budget: its limit, what was spent of it and what is spoken for."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from enum import Enum

from deliberation.control.spending.bill import ZERO, Bill, Want
from deliberation.control.spending.hit import Hit
from deliberation.control.spending.lines import Line
from deliberation.vocabulary import BudgetSource, Dimension, Limit, LimitKind, OnHit

NOTHING = Want(ZERO, ZERO)


class Shortage(Enum):
    """Why there is no room."""

    WAIT = "wait"
    """Others have reserved it, and may give back."""
    HIT = "hit"
    """It is spent."""


class Entry:
    """What is reserved for one step. `loans` were taken from the steps around it."""

    __slots__ = ("account", "amount", "bill", "loans", "usual")

    def __init__(self, account: Account, amount: Decimal, usual: Decimal, bill: int) -> None:
        self.account = account
        self.amount = amount
        self.usual = usual
        self.bill = bill
        self.loans: list[tuple[Entry, Decimal]] = []


class Account:
    """One dimension. Whoever uses it holds the run's lock.

    `own` is what was spent here, `elsewhere` what the server has recorded beyond that: of an earlier
    process of the run, or in dollars that only the server could tell. `said` are the limits of this
    version that were reached and reported, `known` those of which the server says so. `is_told` is True once the
    server has said anything of it.
    """

    def __init__(self, dimension: Dimension, limit: Limit | None = None) -> None:
        self.dimension = dimension
        self.limit = limit or Limit()
        self.version = 1
        self.source = BudgetSource.RUN
        self.own = ZERO
        self.elsewhere = ZERO
        self.open: set[Entry] = set()
        self.said: set[LimitKind] = set()
        self.known: set[LimitKind] = set()
        self.is_told = False
        self.is_asking = False
        self.agreed: Decimal | None = None
        self.proposal: str | None = None

    @property
    def spent(self) -> Decimal:
        """What was spent of it, as far as is known."""
        return self.own + self.elsewhere

    @property
    def reserved(self) -> Decimal:
        """What is reserved by steps in progress."""
        return sum((each.amount for each in self.open), ZERO)

    @property
    def likely(self) -> Decimal:
        """What those steps will have taken, as far as anybody knows beforehand."""
        return sum((each.usual for each in self.open), ZERO)

    def action(self, which: LimitKind) -> OnHit:
        """Return what happens at a limit."""
        return self.limit.on_hit if which is LimitKind.HARD else self.limit.on_soft

    def is_passed(self, which: LimitKind) -> bool:
        """Return True when this version of a limit holds nothing up any more.

        After a warning it goes on; after a pause once the server has placed its hold, for whoever
        lifts that has seen it.
        """
        action = self.action(which)
        if action is OnHit.ASK and which is LimitKind.SOFT:
            return self.limit.soft == self.agreed
        marks = self.known if action is OnHit.PAUSE else self.said | self.known
        return action in (OnHit.WARN, OnHit.PAUSE) and which in marks

    def is_short(self, which: LimitKind, coming: Decimal = ZERO) -> bool:
        """Return True when a limit is reached that was not passed, by what is coming."""
        bound = self.limit.hard if which is LimitKind.HARD else self.limit.soft
        if bound is None:
            return False
        total = self.total(coming, which)
        is_beyond = which is LimitKind.HARD and self.dimension is not Dimension.SECONDS
        return (total > bound if is_beyond else total >= bound) and not self.is_passed(which)

    def total(self, coming: Decimal, which: LimitKind = LimitKind.HARD) -> Decimal:
        """Return what it will have come to with what is coming."""
        if self.dimension is Dimension.DEPTH:
            return max(self.own, coming)
        return self.spent + coming + (self.likely if which is LimitKind.SOFT else ZERO)

    def offer(
        self,
        want: Want,
        around: Collection[int],
        blocked: Collection[int],
        *,
        may_wait: bool = True,
    ) -> Decimal | Shortage:
        """Return what a step may have, or why it may not begin.

        What the steps around it have reserved beyond what they are known to take does not count
        against it. `blocked` are those that give nothing back before this one, or another that waits,
        has begun. Where it may not wait for others, nothing is taken to come back, and what is only
        guessed is not held against it.
        """
        hard = self.limit.hard
        if hard is None or self.is_passed(LimitKind.HARD):
            return want.wish or ZERO
        if self.is_short(LimitKind.HARD, want.least):
            return Shortage.HIT
        if want.wish == ZERO or self.dimension is Dimension.DEPTH:
            return want.wish or ZERO
        others = [each for each in self.open if each.bill not in around]
        taken = sum(
            (each.usual if each.bill in around else each.amount for each in self.open), ZERO
        )
        room = hard - self.spent - taken
        if want.wish is not None and want.wish <= room:
            return want.wish
        may_come_back = any(each.amount for each in others if each.bill not in blocked)
        if may_come_back and may_wait:
            return Shortage.WAIT
        if may_come_back and want.is_guess:
            return max(ZERO, room)
        if want.least > room:
            return Shortage.HIT
        return room if want.wish is None else min(want.wish, room)

    def reserve(self, amount: Decimal, usual: Decimal, bill: Bill) -> Entry:
        """Reserve what was offered; what is not free is lent by the steps around."""
        entry = Entry(self, amount, min(usual, amount), bill.number)
        if self.limit.hard is not None and not self.is_passed(LimitKind.HARD):
            missing = amount - max(ZERO, self.limit.hard - self.spent - self.reserved)
            for lender in [each for each in self.open if each.bill in bill.around]:
                lent = min(lender.amount - lender.usual, missing)
                if lent > 0:
                    lender.amount -= lent
                    entry.loans.append((lender, lent))
                    missing -= lent
        self.open.add(entry)
        return entry

    def close(self, entry: Entry, spent: Decimal) -> None:
        """Take in what a step came to, and give back the rest."""
        self.open.discard(entry)
        self.own += spent
        left = max(ZERO, entry.amount - spent)
        for lender, lent in entry.loans:
            back = min(lent, left)
            if lender in self.open:
                lender.amount += back
                left -= back

    def say(self, which: LimitKind, *, can_hold: bool) -> Hit | None:
        """Return what is to be reported of a limit that is reached; None when it was."""
        if which in self.said | self.known:
            return None
        self.said.add(which)
        return self.hit(which, can_hold=can_hold)

    def hit(self, which: LimitKind, *, can_hold: bool) -> Hit:
        """Return a limit that is reached. What would hold or ask stops, where nobody can be asked."""
        bound = self.limit.hard if which is LimitKind.HARD else self.limit.soft
        action = self.action(which)
        if action in (OnHit.PAUSE, OnHit.ASK) and not can_hold:
            action = OnHit.STOP
        return Hit(self.dimension, which, bound or ZERO, self.spent, action, self.version)

    def hear(self, line: Line) -> None:
        """Take in what the server says of it."""
        self.is_told = True
        if line.version >= self.version:
            self._take_over(line)
        if line.version == self.version:
            self.known |= line.hits
        if line.recorded is None or self.dimension is Dimension.SECONDS:
            return  # a clock that is not ours says nothing of the time that passed here
        if self.dimension is Dimension.DEPTH:
            self.own = max(self.own, line.recorded)
        else:
            # What is recorded was counted here before, or was spent elsewhere.
            self.elsewhere = max(self.elsewhere, line.recorded - self.own)

    def _take_over(self, line: Line) -> None:
        is_newer = line.version > self.version
        limit = line.limit
        if line.source is BudgetSource.POLICY:
            limit = self.limit.tightened(limit)
        elif (
            not is_newer
            and self.limit != Limit()
            and line.source in (self.source, BudgetSource.RUN)
        ):
            return  # what we know, or our own words
        if is_newer or limit != self.limit:
            self.said, self.known, self.proposal = set(), set(), None
        self.limit, self.version, self.source = limit, line.version, line.source
