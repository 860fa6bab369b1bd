"""Two judges of the same things: how often they agree, and how much of that is more than chance.

Cohen 1960, "A coefficient of agreement for nominal scales": kappa is 1 where they always agree, 0 where they agree as
often as two who draw lots with the same shares of yes and no.
"""

from __future__ import annotations

from dataclasses import dataclass

from traces.analytics.undefined import Estimate, Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts of things that both decided."""

    both_accept: int = 0
    only_this: int = 0
    only_other: int = 0
    both_reject: int = 0

    @property
    def total(self) -> int:
        """How many both decided."""
        return self.both_accept + self.only_this + self.only_other + self.both_reject

    @property
    def differ(self) -> int:
        """Of how many one accepts what the other rejects."""
        return self.only_this + self.only_other

    @property
    def disagreement(self) -> Estimate:
        """The share of things on which they differ; undefined of nothing."""
        return self.differ / self.total if self.total else Undefined.NO_SAMPLES

    @property
    def kappa(self) -> Estimate:
        """Cohen's kappa, at most 1; undefined of nothing, and where both always say the same one thing."""
        if not self.total:
            return Undefined.NO_SAMPLES
        this = (self.both_accept + self.only_this) / self.total
        other = (self.both_accept + self.only_other) / self.total
        chance = this * other + (1 - this) * (1 - other)
        if chance == 1:
            return Undefined.ONE_CLASS
        return (1 - self.differ / self.total - chance) / (1 - chance)
