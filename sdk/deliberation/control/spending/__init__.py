"""What a run may spend: limits that are kept before anything is spent, in one process.

A `Bill` is what one step is to spend. `take` reserves it, in its run and in those around it, all or
nothing, or names the `Obstacle` that stands in the way; `settle` says what it came to. All of it is
under the lock that a run shares with the runs within it, and speaks to nobody.
"""

from deliberation.control.spending.account import Account
from deliberation.control.spending.bill import Bill, Want
from deliberation.control.spending.hit import Hit
from deliberation.control.spending.meter import Meter
from deliberation.control.spending.obstacle import Obstacle, Way
from deliberation.control.spending.till import (
    at_limit,
    give_up,
    is_limited,
    limits_of,
    must_wait,
    settle,
    take,
    untake,
)
from deliberation.control.spending.watching import look, wind

__all__ = [
    "Account",
    "Bill",
    "Hit",
    "Meter",
    "Obstacle",
    "Want",
    "Way",
    "at_limit",
    "give_up",
    "is_limited",
    "limits_of",
    "look",
    "must_wait",
    "settle",
    "take",
    "untake",
    "wind",
]
