"""Statistics of nothing: a value of its own that says why there is no number. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias, TypeGuard


class Undefined(Enum):
    """Why a figure has no value. It is no number, and never taken for 0."""

    NO_SAMPLES = "no_samples"
    """There is nothing to compute it from."""

    TOO_FEW_SAMPLES = "too_few_samples"
    """More are asked for than were recorded: what they would have been is not known."""

    NO_OUTCOMES = "no_outcomes"
    """Nothing says of the samples whether they are right."""

    ONE_CLASS = "one_class"
    """All are right, or all are wrong: nothing tells one from the other."""

    ONE_TASK = "one_task"
    """All samples are of one task: how others would spread is not known."""

    NO_SCORES = "no_scores"
    """Some sample has no score, so that no rule can put it in order with the others."""

    NO_VOTES = "no_votes"
    """No sample has an answer that could be compared with another."""

    NOT_RECORDED = "not_recorded"
    """The recording ends where this would have gone on."""

    TOO_MANY_SAMPLES = "too_many_samples"
    """A vote over all draws of so many would take longer than anybody waits, and nothing is guessed."""

    TOO_MANY_WAYS = "too_many_ways"
    """There are too many different sums of scores to count them exactly, and nothing is guessed."""


Estimate: TypeAlias = float | Undefined
"""A number, or why there is none."""


def is_known(estimate: Estimate) -> TypeGuard[float]:
    """Return True when there is a number."""
    return not isinstance(estimate, Undefined)


def mean_of(estimates: Iterable[Estimate]) -> Estimate:
    """Return the mean over tasks; undefined without any, and where one of them is, for a mean over fewer is another."""
    known: list[float] = []
    for each in estimates:
        if isinstance(each, Undefined):
            return each
        known.append(each)
    return sum(known) / len(known) if known else Undefined.NO_SAMPLES
