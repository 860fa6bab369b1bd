"""What a step reserves at the server, once there is room for it here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from deliberation.client.bookings import Booking, Bookings, Ended, Refused
from deliberation.control import LimitExceeded, Stopped
from deliberation.control.spending import Account, Bill, Meter, Obstacle, Way, at_limit, untake
from deliberation.control.spending.bill import SIZED, ZERO
from deliberation.control.spending.watching import reach
from deliberation.control.standing import Standing
from deliberation.vocabulary import Dimension, LimitKind
from deliberation.vocabulary.budget import read_amount


def is_shared(gate: Standing) -> bool:
    """Return True when the run, or one around it, has its budget at the server."""
    return any(each.meter is not None and each.meter.bookings for each in gate.family())


def book(gate: Standing, bill: Bill) -> Obstacle | None:
    """Reserve at the server what was reserved here; return what stands in the way. Blocks its thread.

    Fails closed: without an answer the run stops.
    """
    for each in gate.family():
        meter = each.meter
        if meter is None or meter.bookings is None or each in bill.bookings:
            continue
        try:
            obstacle = _Booker(gate, each, meter, meter.bookings, bill).book()
        except Ended as error:
            each.halt(Stopped(str(error)))
            obstacle = Obstacle(Way.END, each)
        except Refused as error:
            each.halt(LimitExceeded(str(error)))
            obstacle = Obstacle(Way.END, each)
        if obstacle is not None:
            return obstacle
    return None


def give_back(gate: Standing, bill: Bill) -> None:
    """Take back what was reserved, here and there: the step does not begin after all."""
    untake(gate, bill)
    bookings, bill.bookings = bill.bookings, {}
    for booking in bookings.values():
        booking.release()


def settle_booked(
    gate: Standing, bill: Bill, spent: Mapping[Dimension, Decimal], around: Iterable[Bill | None]
) -> None:
    """Tell the server what a step came to; what it had from a step around it is told with that one."""
    for each in gate.family():
        booking = bill.bookings.get(each)
        if booking is not None:
            booking.settle(spent)
        elif spent:
            lenders = [
                lender for lender in around if lender is not None and each in lender.bookings
            ]
            for lender in lenders[:1]:
                lender.bookings[each].carry(spent)


class _Booker:
    """One step, in one run."""

    def __init__(
        self, gate: Standing, run: Standing, meter: Meter, bookings: Bookings, bill: Bill
    ) -> None:
        self._gate = gate
        self._run = run
        self._meter = meter
        self._bookings = bookings
        self._bill = bill

    def book(self) -> Obstacle | None:
        """Reserve all of it, or less where nobody else has reserved anything and it may be less."""
        while amounts := self._amounts():
            found = self._bookings.reserve(amounts)
            if isinstance(found, Booking):
                self._bill.bookings[self._run] = found
                return None
            short = _read(found)
            if short is None:
                return Obstacle(Way.LATER, self._run)
            obstacle = self._mind(short)
            if obstacle is not None:
                return obstacle
        return None

    def _amounts(self) -> dict[Dimension, Decimal]:
        """Return what is to be reserved there: what the steps around have not reserved for it already."""
        with self._gate.bell.lock:
            found = {}
            for account in self._meter.limited:
                want = self._bill.wants.get(account.dimension)
                is_open = account.limit.hard is None or account.is_passed(LimitKind.HARD)
                if want is None or is_open or account.dimension is Dimension.DEPTH:
                    continue
                entry = self._bill.entries.get(account)
                if account.dimension in SIZED:
                    lent = sum((lent for _, lent in entry.loans), ZERO) if entry else ZERO
                    found[account.dimension] = entry.amount - lent if entry else ZERO
                else:
                    found[account.dimension] = want.least
            return {each: amount for each, amount in found.items() if amount > 0}

    def _mind(self, short: Short) -> Obstacle | None:
        """Return what to do about it; None when less will do."""
        with self._gate.bell.lock:
            account = self._meter.account(short.dimension)
            account.elsewhere = max(
                account.elsewhere, short.spent - account.own + self._own(account)
            )
            entry = self._bill.entries.get(account)
            want = self._bill.wants[short.dimension]
            left = short.hard - short.spent
            if want.least > left:
                give_back(self._gate, self._bill)
                return reach(at_limit(self._run, account, LimitKind.HARD))
            if short.reserved > 0 or entry is None:
                return Obstacle(Way.LATER, self._run)
            entry.amount = min(entry.amount, left)
            entry.usual = min(entry.usual, left)
            return None

    def _own(self, account: Account) -> Decimal:
        """Return what this step has been counted for already, though it has not begun."""
        is_counted = account.dimension not in SIZED
        return self._bill.wants[account.dimension].least if is_counted else ZERO


class Short:
    """What the server says that there is too little of."""

    def __init__(self, plain: dict[str, Any]) -> None:
        self.dimension = Dimension(plain["dimension"])
        self.hard = read_amount(plain["hard"], "hard") or ZERO
        self.spent = read_amount(plain["spent"], "spent") or ZERO
        self.reserved = read_amount(plain["reserved"], "reserved") or ZERO


def _read(plain: dict[str, Any]) -> Short | None:
    try:
        return Short(plain)
    except (KeyError, TypeError, ValueError):
        return None
