"""Where a step's spending is reserved before it begins, and settled when it is over.

In its own run and in those around it, all or nothing, under the one lock that they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from deliberation.control.shield import is_shielded
from deliberation.control.spending.account import NOTHING, Account, Shortage
from deliberation.control.spending.bill import COUNTED, SIZED, ZERO, Bill, Want
from deliberation.control.spending.meter import Meter
from deliberation.control.spending.obstacle import Obstacle, Way
from deliberation.control.spending.watching import look, note_news, reach, tell_hits
from deliberation.vocabulary import Dimension, LimitKind

if TYPE_CHECKING:
    from deliberation.control.standing import Standing

Plan = dict[Account, Decimal]


def is_limited(gate: Standing) -> bool:
    """Return True when anything is limited, in the run or in one around it."""
    return any(meter.limited for _, meter in _meters(gate))


def limits_of(gate: Standing) -> frozenset[Dimension]:
    """Return what has a hard limit there."""
    return frozenset(
        each.dimension
        for _, meter in _meters(gate)
        for each in meter.limited
        if each.limit.hard is not None
    )


def seen_in(gate: Standing, sort: str, dimension: Dimension) -> Want | None:
    """Return what a step is to reserve, going by others of its sort; None where none has said anything."""
    with gate.bell.lock:
        return list(_meters(gate))[-1][1].seen.want(sort, dimension)


def take(gate: Standing, bill: Bill) -> Obstacle | None:
    """Reserve what a step is to spend, and return None; or what stands in the way."""
    with gate.bell.lock:
        _collect(gate)
        obstacle = _take(gate, bill)
    tell_hits(gate)
    return obstacle


def must_wait(gate: Standing, bill: Bill) -> bool:
    """Return True while a step cannot begin only because of what others have reserved."""
    with gate.bell.lock:
        _collect(gate)
        found = _weigh(gate, bill)
        return isinstance(found, Obstacle) and found.way is Way.WAIT


def give_up(gate: Standing, bill: Bill) -> None:
    """Wait for nothing any more: whoever is next in the queue may look."""
    with gate.bell.lock:
        if bill in gate.bell.queue:
            del gate.bell.queue[bill]
            gate.bell.ring()


def untake(gate: Standing, bill: Bill) -> None:
    """Take it back: the step does not begin after all."""
    with gate.bell.lock:
        if not bill.is_taken:
            return
        for account, entry in bill.entries.items():
            account.close(entry, ZERO)
        bill.entries, bill.is_taken = {}, False
        for dimension in COUNTED & bill.wants.keys():
            for _, meter in _meters(gate):
                meter.account(dimension).own -= bill.wants[dimension].least
        gate.bell.ring()


def settle(
    gate: Standing, bill: Bill, spent: Mapping[Dimension, Decimal], *, has_failed: bool
) -> dict[Dimension, Decimal]:
    """Take in what a step came to, and return it.

    What it does not say counts as usual, or as nothing if it failed.
    """
    counted = {each: want.least for each, want in bill.wants.items() if each in COUNTED}
    with gate.bell.lock:
        if not bill.is_taken:
            return {}
        entries, bill.entries = bill.entries, {}
        for _, meter in _meters(gate):
            for dimension in SIZED:
                account = meter.account(dimension)
                if bill.sort is not None and dimension in spent:
                    meter.seen.note(bill.sort, dimension, spent[dimension])
                entry = entries.pop(account, None)
                unsaid = entry.usual if entry is not None and not has_failed else ZERO
                amount = spent.get(dimension, unsaid)
                counted[dimension] = max(amount, counted.get(dimension, ZERO))
                if entry is not None:
                    account.close(entry, amount)
                else:
                    account.own += amount
        note_news(gate)
        look(gate)
        if gate.bell.queue:
            gate.bell.ring()
    tell_hits(gate)
    return {dimension: amount for dimension, amount in counted.items() if amount}


def _take(gate: Standing, bill: Bill) -> Obstacle | None:
    while not bill.is_taken:
        found = _weigh(gate, bill)
        if not isinstance(found, Obstacle):
            _begin(gate, bill, found)
            break
        obstacle = reach(found) if found.hit is not None else found
        if obstacle is None:
            continue  # it was a warning
        if obstacle.way is Way.WAIT:
            gate.bell.queue.setdefault(bill)
        else:
            gate.bell.queue.pop(bill, None)
        return obstacle
    return None


def _weigh(gate: Standing, bill: Bill) -> Obstacle | Plan:
    """Return what may be reserved in each account that has a limit, or what stands in the way."""
    limited = [(each, account) for each, meter in _meters(gate) for account in _ticked(meter)]
    if not limited:
        return {}
    if is_shielded():
        return {account: _want(bill, gate, each, account).wish or ZERO for each, account in limited}
    if gate.is_stopping:
        return Obstacle(Way.END, gate)
    if gate.is_held:
        return Obstacle(Way.HELD, gate)
    plan: Plan = {}
    waits: list[Account] = []
    blocked = bill.around.union(*(each.around for each in gate.bell.queue))
    for each, account in limited:
        want = _want(bill, gate, each, account)
        offer = account.offer(want, bill.around, blocked, may_wait=bill.may_wait)
        if offer is Shortage.HIT:
            return at_limit(each, account, LimitKind.HARD)
        if offer is Shortage.WAIT:
            waits.append(account)
        else:
            plan[account] = offer
    if waits or (bill.may_wait and _is_behind(gate, bill, plan)):
        bill.waits_on = frozenset(waits) or bill.waits_on
        return Obstacle(Way.WAIT, gate)
    for each, account in limited:
        if account.is_short(LimitKind.SOFT, _want(bill, gate, each, account).usual):
            return at_limit(each, account, LimitKind.SOFT)
    return plan


def _begin(gate: Standing, bill: Bill, plan: Plan) -> None:
    bill.is_taken = True
    bill.on_drop = gate.bell.drop
    if bill in gate.bell.queue:
        del gate.bell.queue[bill]
        gate.bell.ring()
    for each, meter in _meters(gate):
        for dimension, want in bill.wants.items():
            if dimension is Dimension.DEPTH:
                if each is gate:
                    account = meter.account(dimension)
                    account.own = max(account.own, want.least)
                continue
            account = meter.account(dimension)
            if dimension in COUNTED:
                account.own += want.least
            elif account in plan:
                entry = account.reserve(plan[account], want.usual, bill)
                bill.entries[account] = entry
    note_news(gate)


def _is_behind(gate: Standing, bill: Bill, plan: Plan) -> bool:
    """Return True when somebody waits already for what is wanted.

    A step of a call that has reserved something goes first: it may be what is waited for.
    """
    if any(entry.bill in bill.around for account in plan for entry in account.open):
        return False
    for ahead in gate.bell.queue:
        if ahead is bill:
            return False
        if any(account in ahead.waits_on for account, amount in plan.items() if amount):
            return True
    return False


def _collect(gate: Standing) -> None:
    """Give back what was reserved for steps that the program let go of."""
    while gate.bell.dropped:
        for entry in gate.bell.dropped.popleft():
            entry.account.close(entry, ZERO)


def _want(bill: Bill, gate: Standing, each: Standing, account: Account) -> Want:
    if account.dimension is Dimension.DEPTH and each is not gate:
        return NOTHING  # a run within another has levels of its own
    return bill.wants.get(account.dimension, NOTHING)


def at_limit(gate: Standing, account: Account, which: LimitKind) -> Obstacle:
    """Return the obstacle that a limit is."""
    meter = gate.meter
    can_hold = meter is not None and meter.is_heard and not gate.is_alone
    return Obstacle(Way.END, gate, account, account.hit(which, can_hold=can_hold))


def _meters(gate: Standing) -> Iterator[tuple[Standing, Meter]]:
    for each in gate.family():
        if each.meter is not None:
            yield each, each.meter


def _ticked(meter: Meter) -> tuple[Account, ...]:
    meter.tick()
    return meter.limited
