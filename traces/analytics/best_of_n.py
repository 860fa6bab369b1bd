"""Best of N: how often the highest scored of N samples is right.

Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems" (arXiv 2110.14168), return the sample that a
verifier scores highest. From n ≥ N scored samples the expectation over all draws of N is exact: with the samples
in the order of their scores, the j-th is the highest of C(j − 1, N − 1) of the C(n, N) draws, and of equal scores each
is as likely as the other, so that they share what their places have together.
"""

from __future__ import annotations

from collections.abc import Sequence

from traces.analytics.undefined import Estimate, Undefined, mean_of

Scored = tuple[float, bool]
"""A sample: its score, more is better, and whether it is right."""


def chances_of_best(scores: Sequence[float], n: int) -> list[float] | Undefined:
    """Return for each sample the chance, 0 to 1, that it is the best scored of n drawn from these, ties shared.

    Undefined with fewer than n samples; raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError(f"no best of {n} samples")
    if len(scores) < n:
        return Undefined.TOO_FEW_SAMPLES if scores else Undefined.NO_SAMPLES
    order = sorted(range(len(scores)), key=scores.__getitem__)
    places = _chances_of_places(len(scores), n)
    chances = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        shared = sum(places[start:end]) / (end - start)
        for place in range(start, end):
            chances[order[place]] = shared
        start = end
    return chances


def best_of_n(samples: Sequence[Scored], n: int) -> Estimate:
    """Return the chance, 0 to 1, that the best scored of n samples drawn from these is right; undefined with fewer."""
    chances = chances_of_best([score for score, _ in samples], n)
    if isinstance(chances, Undefined):
        return chances
    return sum(chance for chance, (_, is_right) in zip(chances, samples, strict=True) if is_right)


def mean_best_of_n(tasks: Sequence[Sequence[Scored]], n: int) -> Estimate:
    """Return the mean over tasks; undefined when one has fewer than n samples, or none is given."""
    return mean_of(best_of_n(samples, n) for samples in tasks)


def _chances_of_places(count: int, n: int) -> list[float]:
    """Return for the j-th lowest of so many samples, j from 1, the chance C(j − 1, n − 1) / C(count, n).

    From the top down by ratios below 1: nothing overflows, and what is too small to matter becomes 0.
    """
    chances = [0.0] * count
    chance = n / count
    for place in range(count, n - 1, -1):
        chances[place - 1] = chance
        if place > 1:
            chance *= (place - n) / (place - 1)
    return chances
