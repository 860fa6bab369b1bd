"""pass@k and pass^k: how often at least one of k samples is right, and how often all of them are.

Chen et al. 2021, "Evaluating Large Language Models Trained on Code" (arXiv 2107.03374), equation 1: from n samples of
a task, c of them right, the unbiased estimate of pass@k is 1 − C(n − c, k) / C(n, k). Yao et al. 2024, "τ-bench" (arXiv
2406.12045), of pass^k: C(c, k) / C(n, k). A benchmark's figure is the mean over tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import comb

from traces.analytics.undefined import Estimate, Undefined, mean_of

Counts = tuple[int, int]
"""Of a task: its samples, and how many of them are right."""


def pass_at_k(samples: int, correct: int, k: int) -> Estimate:
    """Return the chance, 0 to 1, that of k samples drawn from these one is right; undefined with fewer than k samples.

    Raises ValueError when the counts contradict each other.
    """
    lack = _lack(samples, correct, k)
    if lack is not None:
        return lack
    # Whole numbers until the one division: the product form is only needed where these would not fit.
    ways = comb(samples, k)
    return (ways - comb(samples - correct, k)) / ways


def pass_hat_k(samples: int, correct: int, k: int) -> Estimate:
    """Return the chance, 0 to 1, that k samples drawn from these are all right; undefined with fewer than k samples.

    Raises ValueError when the counts contradict each other.
    """
    lack = _lack(samples, correct, k)
    return comb(correct, k) / comb(samples, k) if lack is None else lack


def mean_pass_at_k(tasks: Iterable[Counts], k: int) -> Estimate:
    """Return pass@k of a benchmark; undefined without tasks or when one has fewer than k samples."""
    return mean_of(pass_at_k(samples, correct, k) for samples, correct in tasks)


def mean_pass_hat_k(tasks: Iterable[Counts], k: int) -> Estimate:
    """Return pass^k of a benchmark; undefined without tasks or when one has fewer than k samples."""
    return mean_of(pass_hat_k(samples, correct, k) for samples, correct in tasks)


def _lack(samples: int, correct: int, k: int) -> Undefined | None:
    if k < 1 or not 0 <= correct <= samples:
        raise ValueError(f"no {correct} right among {samples} samples, drawn {k} at a time")
    if samples == 0:
        return Undefined.NO_SAMPLES
    return Undefined.TOO_FEW_SAMPLES if samples < k else None
