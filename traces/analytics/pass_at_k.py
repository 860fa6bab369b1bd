"""pass@k: how often at least one of k samples is right.

Chen et al. 2021, "Evaluating Large Language Models Trained on Code" (arXiv 2107.03374), equation 1: from n samples of
a task, c of them right, the unbiased estimate is 1 − C(n − c, k) / C(n, k). A benchmark's figure is the mean
over tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import comb


def pass_at_k(samples: int, correct: int, k: int) -> float | None:
    """Return the chance, 0 to 1, that of k samples drawn from these one is right; None with fewer than k samples.

    Raises ValueError when the counts contradict each other.
    """
    if k < 1 or not 0 <= correct <= samples:
        raise ValueError(f"no {correct} right among {samples} samples, drawn {k} at a time")
    if samples < k:
        return None
    # Whole numbers until the one division: the product form is only needed where these would not fit.
    ways = comb(samples, k)
    return (ways - comb(samples - correct, k)) / ways


def mean_pass_at_k(tasks: Iterable[tuple[int, int]], k: int) -> float | None:
    """Return the mean over tasks, given as (samples, correct); None without tasks or when one has fewer than k."""
    found = [pass_at_k(samples, correct, k) for samples, correct in tasks]
    known = [each for each in found if each is not None]
    return sum(known) / len(known) if known and len(known) == len(found) else None
