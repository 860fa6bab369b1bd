"""What accuracy against cost over many runs is answered with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from traces.analytics.difficulty import Difficulty
from traces.analytics.task_mean import TaskMean
from traces.analytics.undefined import Undefined
from traces.queries.frontier_asked import Axis, FrontierAsked
from traces.queries.frontier_curves import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One system as its runs were recorded (`rule` None), or as `n` samples and a rule would have made it.

    `accuracy` is a mean over questions. `cost`, in dollars, and `tokens` are means of a question; None unless a run
    states some, and then of the `costed` of `runs` that do. `unknown` runs have no outcome and are left out.
    """

    system: str
    rule: Rule | None
    n: float
    accuracy: TaskMean
    cost: float | None
    tokens: float | None
    runs: int
    costed: int
    unknown: int
    is_estimated: bool
    on_frontier: bool = False

    @property
    def is_oracle(self) -> bool:
        """True for what nobody could return: it is on no frontier."""
        return self.rule is Rule.ANY

    def at(self, axis: Axis) -> float | None:
        """Return where it stands on an axis."""
        return {Axis.COST: self.cost, Axis.TOKENS: self.tokens, Axis.SAMPLES: self.n}[axis]


@dataclass(frozen=True, slots=True)
class Marginal:
    """From one point of the frontier to the next: what a hundredth of accuracy costs, in units of the axis.

    `is_sure` is False where the intervals of the two overlap.
    """

    start: Point
    end: Point
    per_point: float
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Turned:
    """A curve that ends lower than it was: `at` it was best, and beyond it more compute made it worse."""

    at: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Missing:
    """A curve that cannot be computed, and why."""

    system: str
    rule: Rule
    why: Undefined


@dataclass(frozen=True, slots=True)
class InBin:
    """How many questions of the selected runs are so difficult, and how each system does on them, by its name."""

    difficulty: Difficulty
    questions: int
    systems: dict[str, TaskMean]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOfSystem:
    """A run of the system that was asked for: what it counts for, and what it cost."""

    id: uuid.UUID
    name: str | None
    share: float | None
    samples: int
    right: int | None
    cost: float | None
    tokens: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Accuracy against cost. `asked` is filled in; `points` by their place on the axis, those without one last.

    `short` counts questions left out of curves for having fewer samples, `unsolved` those without a known outcome.
    """

    asked: FrontierAsked
    axis: Axis
    measure: str
    measures: Sequence[str]
    judges: Sequence[str]
    judge: str | None
    runs: int
    is_whole: bool
    without_samples: int
    questions: int
    unstated: int
    short: int
    points: Sequence[Point]
    marginals: Sequence[Marginal]
    turned: Sequence[Turned]
    missing: Sequence[Missing]
    bins: Sequence[InBin]
    unbinned: int
    of_system: Sequence[RunOfSystem]
