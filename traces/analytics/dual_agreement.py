"""Dual execution agreement: programs that behave alike vouch for each other, as do the tests they pass.

Chen et al. 2022, "CodeT: Code Generation with Generated Tests" (arXiv 2207.10397): samples with the same behaviour on
the generated tests are a consensus set; its score is the number of tests passed times the square root of its size, and
a sample of the best set is returned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

from traces.analytics.undefined import Estimate, Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaved:
    """A sample that was executed. `cluster` names its behaviour, None when it has none and stands alone."""

    cluster: Hashable | None
    checks_passed: int
    is_right: bool


def dual_agreement(samples: Sequence[Behaved]) -> Estimate:
    """Return the chance, 0 to 1, that one of the best sets is right, equal sets pooled; undefined without samples."""
    if not samples:
        return Undefined.NO_SAMPLES
    groups: defaultdict[Hashable, list[Behaved]] = defaultdict(list)
    for place, sample in enumerate(samples):
        alone = ("alone", place)
        groups[alone if sample.cluster is None else (sample.cluster,)].append(sample)
    best = max(map(_score, groups.values()))
    returned = [sample for group in groups.values() if _score(group) == best for sample in group]
    return sum(sample.is_right for sample in returned) / len(returned)


def _score(group: Sequence[Behaved]) -> float:
    return max(sample.checks_passed for sample in group) * sqrt(len(group))
