"""Letting a verifier choose among N samples: how often that is right, beside the oracle that always finds a right one.

The distance is the selection regret: what the verifier gives away of what the samples hold. With more samples the
oracle only gains (Brown et al. 2024, arXiv 2407.21787), while a verifier that errs has a best N, and beyond it more
samples make it worse (Cobbe et al. 2021, arXiv 2110.14168; Stroebl et al. 2024, arXiv 2411.17501).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traces.analytics.best_of_n import Scored, mean_best_of_n
from traces.analytics.pass_at_k import mean_pass_at_k
from traces.analytics.turning_point import TurningPoint, turning_point
from traces.analytics.undefined import Estimate, Undefined, is_known

Task = Sequence[Scored]
"""The samples of a task, each with its score and whether it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionPoint:
    """Of `n` samples: how often the best scored is right, and how often any is; means over tasks, 0 to 1."""

    n: int
    chosen: Estimate
    oracle: Estimate

    @property
    def regret(self) -> Estimate:
        """What the choice gives away, 0 to 1."""
        if is_known(self.oracle) and is_known(self.chosen):
            return self.oracle - self.chosen
        return self.chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionCurve:
    """All points are means over the same `tasks`; `left_out` have fewer samples than the last point draws."""

    points: list[SelectionPoint]
    tasks: int
    left_out: int
    lack: Undefined | None = None

    @property
    def turning(self) -> TurningPoint | None:
        """Beyond how many samples the choice becomes worse; None where it does not."""
        return turning_point((each.n, each.chosen) for each in self.points)

    @property
    def last(self) -> SelectionPoint | None:
        """The point that draws the most."""
        return self.points[-1] if self.points else None


def selection_curve(tasks: Sequence[Task]) -> SelectionCurve:
    """Return the curve over 1, 2, 4, … samples, up to as many as at least half of the tasks have.

    Tasks with fewer are left out of all points, so that no step of the curve is a change of tasks. Without tasks, or
    where that is a single sample, there are no points, and `lack` says why.
    """
    if not tasks:
        return SelectionCurve(points=[], tasks=0, left_out=0, lack=Undefined.NO_SAMPLES)
    most = sorted(map(len, tasks), reverse=True)[(len(tasks) - 1) // 2]
    kept = [samples for samples in tasks if len(samples) >= most]
    if most < 2:
        return SelectionCurve(
            points=[], tasks=0, left_out=len(tasks), lack=Undefined.TOO_FEW_SAMPLES
        )
    counts = [(len(samples), sum(right for _, right in samples)) for samples in kept]
    points = [
        SelectionPoint(n=n, chosen=mean_best_of_n(kept, n), oracle=mean_pass_at_k(counts, n))
        for n in _doubled(most)
    ]
    return SelectionCurve(points=points, tasks=len(kept), left_out=len(tasks) - len(kept))


def _doubled(most: int) -> list[int]:
    found = [1]
    while found[-1] * 2 < most:
        found.append(found[-1] * 2)
    return [*found, most]
