"""What can be asked of a run, another rule or less of everything, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from traces.analytics.normalisers import Normaliser
from traces.analytics.turning_point import TurningPoint
from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.wilson import Interval
from traces.queries.narrower import Searched


class WhatIf(StrEnum):
    """What decides instead."""

    VOTES = "votes"
    """The answer that most of N samples have."""
    WEIGHTED = "weighted"
    """The answer with the greatest sum of scores among N samples."""
    BEST = "best"
    """The sample with the highest score among N; with a threshold, nothing below it."""
    ACCEPTED = "accepted"
    """The first of up to N samples whose score reaches the threshold."""
    SEARCH = "search"
    """The recorded search with another beam width or threshold."""
    CAP = "cap"
    """What was the best answer when a budget had been spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked; None: as recorded. `by` is where scores come from: a verifier, or the candidates' own.

    `cap` is in what the run is told in, dollars where any are known; with `cap_is_usd` in dollars or not at all.
    """

    rule: WhatIf | None = None
    n: int | None = None
    width: int | None = None
    threshold: float | None = None
    cap: Decimal | None = None
    cap_is_usd: bool = False
    normaliser: Normaliser = Normaliser.RECORDED
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """An answer that would have been returned with this chance, 0 to 1; None answers nothing."""

    answer: str | None
    chance: float
    ordinal: int | None
    correct: bool | None
    is_recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """With `n` samples: the chance of a right answer, or where no outcome is known of the recorded one.

    `coverage` is the chance that any of them is right, which only an oracle could find; `cost` is expected, in dollars.
    """

    n: int
    chance: Estimate
    coverage: Estimate
    cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """What would have been returned. `right`, `wrong` and `unknown` are chances, together with `nothing` 1.

    `cost` is expected, in dollars, None where unknown; estimated where samples have no cost of their own. `interval` is
    that of `right_of` of `samples` recorded samples that are known to be right. `threshold` is what was applied, asked
    for or usual.
    """

    asked: Asked
    rules: list[WhatIf]
    scores: list[str]
    samples: int
    undefined: Undefined | None = None
    answers: list[Possible] = field(default_factory=list)
    others: int = 0
    others_chance: float = 0.0
    right: float = 0.0
    wrong: float = 0.0
    unknown: float = 0.0
    nothing: float = 0.0
    cost: Decimal | None = None
    is_estimated: bool = False
    whole_cost: Decimal | None = None
    draws: float | None = None
    threshold: float | None = None
    right_of: int | None = None
    interval: Interval | Undefined = Undefined.NO_OUTCOMES
    curve: list[CurvePoint] = field(default_factory=list)
    curve_is_right: bool = False
    turning: TurningPoint | None = None
    searched: Searched | None = None
    dimension: str | None = None
