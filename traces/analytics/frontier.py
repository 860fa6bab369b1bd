"""What nothing else beats both in cost and in quality, and what the next better thing costs. Pure.

Of points (cost, quality) those stand on the frontier that no other dominates: none costs as little or less and is as
good or better, one of the two strictly. Snell et al. 2024, "Scaling LLM Test-Time Compute Optimally" (arXiv
2408.03314), ask of each budget what does best with it: the frontier is the answer for all budgets at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LAST_DIGITS = 1e-9
"""A gain of less is the rounding of a sum."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one point of the frontier to the next: their places, and what a hundredth of quality costs between them."""

    start: int
    end: int
    per_point: float


def non_dominated(points: Sequence[tuple[float, float]]) -> list[int]:
    """Return the places of the points (cost, quality) that none dominates, the cheapest first."""
    order = sorted(range(len(points)), key=lambda at: (points[at][0], -points[at][1]))
    found: list[int] = []
    for place in order:
        cost, quality = points[place]
        best = points[found[-1]] if found else None
        if best is None or quality > best[1] + LAST_DIGITS or (cost, quality) == best:
            found.append(place)
    return found


def steps_between(points: Sequence[tuple[float, float]], frontier: Sequence[int]) -> list[Step]:
    """Return what each step along the frontier costs for a hundredth of quality; equal points make none."""
    found = []
    for start, end in pairwise(frontier):
        better = (points[end][1] - points[start][1]) * 100
        if better > 0:
            found.append(Step(start, end, (points[end][0] - points[start][0]) / better))
    return found
