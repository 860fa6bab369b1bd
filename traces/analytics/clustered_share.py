"""How sure a share is that was counted in clusters: many samples of a few tasks tell less than as many tasks.

Rao and Scott 1992, "A simple method for the analysis of clustered binary data", Biometrics 48: counts are divided by
the design effect, how much wider than independent samples the tasks spread; Wilson's interval then is of what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.wilson import Interval, wilson

Counted = tuple[int, int]
"""Of a task: how many of its samples are so, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`part` of `of` samples, of so many tasks, and the interval for 95 of 100."""

    part: int
    of: int
    tasks: int
    interval: Interval | Undefined

    @property
    def value(self) -> Estimate:
        """The share, 0 to 1; undefined of nothing."""
        return self.part / self.of if self.of else Undefined.NO_SAMPLES


def clustered_share(tasks: Iterable[Counted]) -> Share:
    """Return the share over all samples of all tasks; tasks without a sample do not count.

    Where all samples say the same there is no spread to measure, and each task counts as one. One task with several
    samples says nothing of how others spread: its interval is undefined.
    """
    counted = [(part, of) for part, of in tasks if of]
    part, of = sum(each for each, _ in counted), sum(each for _, each in counted)
    return Share(part=part, of=of, tasks=len(counted), interval=_interval(counted, part, of))


def _interval(counted: list[Counted], part: int, of: int) -> Interval | Undefined:
    if len(counted) == 1 and of > 1:
        return Undefined.ONE_TASK
    effect = _design_effect(counted, part, of)
    return wilson(part / effect, of / effect)


def _design_effect(counted: list[Counted], part: int, of: int) -> float:
    """Return by what the counts are too large, 1 at least."""
    if of == len(counted):
        return 1.0
    if part in (0, of):
        return of / len(counted)
    share = part / of
    spread = sum((here - share * size) ** 2 for here, size in counted)
    variance = spread * len(counted) / (len(counted) - 1) / of**2
    return max(1.0, variance / (share * (1 - share) / of))
