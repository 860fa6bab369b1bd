"""A verifier's verdicts against the truth: four counts, and the rates that have a name.

Two rates are easily taken for each other. Of what is wrong, how much was let through: the false-accept rate, FP /
(FP + TN). Of what was let through, how much is wrong: the false-discovery rate, FP / (TP + FP). Shinn et al. 2023,
"Reflexion" (arXiv 2303.11366), table 2, prints the second as "FP".
Definitions: Fawcett 2006, "An introduction to ROC analysis".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from traces.analytics.undefined import Estimate, Undefined


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of subjects, by what the verifier said and what they were."""

    true_accepts: int = 0
    false_accepts: int = 0
    false_rejects: int = 0
    true_rejects: int = 0

    @property
    def total(self) -> int:
        """How many were counted."""
        return self.true_accepts + self.false_accepts + self.false_rejects + self.true_rejects

    @property
    def precision(self) -> Estimate:
        """Of what was accepted, the share that is right; undefined when nothing was."""
        return _share(self.true_accepts, self.false_accepts)

    @property
    def recall(self) -> Estimate:
        """Of what is right, the share that was accepted; undefined when nothing is."""
        return _share(self.true_accepts, self.false_rejects)

    @property
    def false_accept_rate(self) -> Estimate:
        """Of what is wrong, the share that was accepted; undefined when nothing is."""
        return _share(self.false_accepts, self.true_rejects)

    @property
    def false_discovery_rate(self) -> Estimate:
        """Of what was accepted, the share that is wrong; undefined when nothing was."""
        return _share(self.false_accepts, self.true_accepts)

    @property
    def false_reject_rate(self) -> Estimate:
        """Of what is right, the share that was rejected; undefined when nothing is."""
        return _share(self.false_rejects, self.true_accepts)


def count_confusion(judged: Iterable[tuple[bool, bool]]) -> Confusion:
    """Return the counts of subjects given as (accepted, is right)."""
    found = Counter(judged)
    return Confusion(
        true_accepts=found[True, True],
        false_accepts=found[True, False],
        false_rejects=found[False, True],
        true_rejects=found[False, False],
    )


def _share(part: int, rest: int) -> Estimate:
    return part / (part + rest) if part + rest else Undefined.NO_SAMPLES
