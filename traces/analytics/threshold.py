"""Returning the first sample that a verifier accepts: how often it is right, and how many had to be drawn.

The rule is rejection sampling: samples are drawn one after another, N at most, and the first whose score reaches the
threshold is returned; where none does, nothing is. From n ≥ N scored samples, a of them accepted, all orders are
counted: nothing is returned in C(n − a, N) / C(n, N) of the draws, else each accepted one as often as the other. Brown
et al. 2024, "Large Language Monkeys" (arXiv 2407.21787), name what limits it: what the verifier accepts wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traces.analytics.undefined import Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAccepted:
    """`chances` is each sample's, 0 to 1, of being returned; `nothing` that none is; `draws` are expected, 1 to N."""

    chances: list[float]
    nothing: float
    draws: float


def first_accepted(scores: Sequence[float], n: int, threshold: float) -> FirstAccepted | Undefined:
    """Return what comes of drawing up to n of these until one is accepted; undefined with fewer than n samples.

    Raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError(f"no draw of {n} samples")
    if len(scores) < n:
        return Undefined.TOO_FEW_SAMPLES if scores else Undefined.NO_SAMPLES
    accepted = [score >= threshold for score in scores]
    rejected = len(scores) - sum(accepted)
    nothing, draws = 1.0, 0.0
    for drawn in range(n):
        draws += nothing
        nothing *= max(0, rejected - drawn) / (len(scores) - drawn)
    share = (1 - nothing) / sum(accepted) if any(accepted) else 0.0
    return FirstAccepted(
        chances=[share if each else 0.0 for each in accepted], nothing=nothing, draws=draws
    )
