"""Best of N: how often the highest scored of N samples is right.

Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems" (arXiv 2110.14168), return the sample that a
verifier scores highest. From n ≥ N scored samples the expectation over all draws of N is exact: with the samples
sorted by score, the chance that the best of a draw has score s is [C(n≤s, N) − C(n<s, N)] / C(n, N), and of equal
scores each is as likely as the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import comb

Scored = tuple[float, bool]
"""A sample: its score, more is better, and whether it is right."""


def best_of_n(samples: Sequence[Scored], n: int) -> float | None:
    """Return the chance, 0 to 1, that the best scored of n samples drawn from these is right; None with fewer."""
    if n < 1:
        raise ValueError(f"no best of {n} samples")
    if len(samples) < n:
        return None
    draws, lower, chance = comb(len(samples), n), 0, 0.0
    for right in _by_score(samples):
        upper = lower + len(right)
        ways = comb(upper, n) - comb(lower, n)
        chance += ways * sum(right) / (len(right) * draws)
        lower = upper
    return chance


def mean_best_of_n(tasks: Sequence[Sequence[Scored]], n: int) -> float | None:
    """Return the mean over tasks; None when one has fewer than n samples, or none is given."""
    found = [best_of_n(samples, n) for samples in tasks]
    known = [each for each in found if each is not None]
    return sum(known) / len(known) if known and len(known) == len(found) else None


def _by_score(samples: Sequence[Scored]) -> list[list[bool]]:
    """Return the outcomes of the samples in groups of equal score, lowest first."""
    groups: defaultdict[float, list[bool]] = defaultdict(list)
    for score, is_right in samples:
        groups[score].append(is_right)
    return [groups[score] for score in sorted(groups)]
