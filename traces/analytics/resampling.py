"""How sure a statistic is that has no formula for it: computed again from tasks drawn with return. Pure.

Efron 1979, "Bootstrap methods: another look at the jackknife"; the percentile interval. Tasks are drawn and not runs,
because runs of one task are alike (Field and Welsh 2007, "Bootstrapping clustered data"). The draws are those of a seed
that is stated with the result: the same runs give the same interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from traces.analytics.undefined import Estimate, Undefined, is_known
from traces.analytics.wilson import Interval

Task = TypeVar("Task")
SEED = 7
DRAWS = 400
TAIL = 0.025
FEWEST_TASKS = 5
"""With fewer, an interval would tell of the draws and not of the tasks."""


def interval_over_tasks(
    tasks: Sequence[Task],
    statistic: Callable[[Sequence[Task]], Estimate],
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Interval | Undefined:
    """Return the middle 95 of 100 of the statistic over draws of as many tasks, with return.

    Undefined with fewer than `FEWEST_TASKS`, and where more than one draw in twenty leaves it undefined; the others
    are left out.
    """
    if len(tasks) < FEWEST_TASKS:
        return Undefined.TOO_FEW_SAMPLES
    chance = Random(seed)
    drawn = [statistic(chance.choices(tasks, k=len(tasks))) for _ in range(draws)]
    known = sorted(each for each in drawn if is_known(each))
    if len(known) * 20 < draws * 19:
        return next(each for each in drawn if isinstance(each, Undefined))
    low = int(TAIL * len(known))
    return Interval(known[low], known[-1 - low])
