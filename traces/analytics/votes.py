"""Votes over samples with answers: which answer the most have, and which has the most score behind it.

maj@k, "self-consistency": Wang et al. 2022 (arXiv 2203.11171) return the answer that most of k samples have. Weighted
best of N: Li et al. 2023, "Making Language Models Better Reasoners with Step-Aware Verifier" (arXiv 2206.02336), return
the answer whose samples have the greatest sum of scores. Both here over all draws of k from the recorded samples, of
equal answers each as often as the other: nothing is drawn at random, see `traces.analytics.contest`. Which samples have
one answer is the normaliser's word, and part of the result.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from fractions import Fraction
from math import comb

from traces.analytics.contest import Outcome, Party, chances_of_leading
from traces.analytics.undefined import Estimate, Undefined

MOST_OUTCOMES = 6_000
"""Different sums of scores that are counted; beyond that a question would take minutes."""

Cluster = Hashable | None
"""The answer of a sample after normalising; None: it has none, and no vote."""


def chances_by_votes(clusters: Sequence[Cluster], k: int) -> list[float] | Undefined:
    """Return for each sample the chance, 0 to 1, that it is returned when most of k drawn ones decide.

    The samples of the winning answer share its chance. Undefined with fewer than k samples, or without any answer.
    Raises ValueError for k < 1.
    """
    lack = _lack(clusters, k)
    if lack is not None:
        return lack
    sizes = Counter(each for each in clusters if each is not None)
    parties = {name: _by_count(size, k) for name, size in sizes.items()}
    return _shared(clusters, parties, k)


def chances_by_weight(
    clusters: Sequence[Cluster], scores: Sequence[float], k: int
) -> list[float] | Undefined:
    """Return the same when the greatest sum of scores decides; scores are compared as decimals, as they are written.

    Undefined also where there are more than `MOST_OUTCOMES` different sums. Raises ValueError for k < 1.
    """
    lack = _lack(clusters, k)
    if lack is not None:
        return lack
    groups: defaultdict[Cluster, list[Fraction]] = defaultdict(list)
    for name, score in zip(clusters, scores, strict=True):
        if name is not None:
            groups[name].append(Fraction(str(score)))
    parties: dict[Cluster, Party] = {}
    room = MOST_OUTCOMES
    for name, group in groups.items():
        party = _by_sum(group, k, room)
        if party is None:
            return Undefined.TOO_MANY_WAYS
        parties[name] = party
        room -= len(party)
    return _shared(clusters, parties, k)


def maj_at_k(samples: Sequence[tuple[Cluster, bool]], k: int) -> Estimate:
    """Return the chance, 0 to 1, that the answer of most of k drawn samples is right; having none counts as wrong."""
    chances = chances_by_votes([cluster for cluster, _ in samples], k)
    if isinstance(chances, Undefined):
        return 0.0 if chances is Undefined.NO_VOTES else chances
    return sum(chance for chance, (_, is_right) in zip(chances, samples, strict=True) if is_right)


def _lack(clusters: Sequence[Cluster], k: int) -> Undefined | None:
    if k < 1:
        raise ValueError(f"no vote of {k} samples")
    if not clusters:
        return Undefined.NO_SAMPLES
    if len(clusters) < k:
        return Undefined.TOO_FEW_SAMPLES
    return Undefined.NO_VOTES if all(each is None for each in clusters) else None


def _by_count(size: int, k: int) -> Party:
    return tuple(Outcome(drawn, drawn, comb(size, drawn)) for drawn in range(1, min(size, k) + 1))


def _by_sum(scores: Sequence[Fraction], k: int, room: int) -> Party | None:
    """Return the ways to each sum of up to k of the scores; None where there are more than fit."""
    ways: Counter[tuple[int, Fraction]] = Counter({(0, Fraction(0)): 1})
    for score in scores:
        longer = Counter(
            {(size + 1, total + score): n for (size, total), n in ways.items() if size < k}
        )
        ways.update(longer)
        if len(ways) - 1 > room:
            return None
    found = (Outcome(total, size, n) for (size, total), n in ways.items() if size)
    return tuple(sorted(found))


def _shared(clusters: Sequence[Cluster], parties: dict[Cluster, Party], k: int) -> list[float]:
    sizes = Counter(clusters)
    names = list(parties)
    chances = chances_of_leading(
        [parties[name] for name in names], [sizes[name] for name in names], sizes[None], k
    )
    share = {name: chance / sizes[name] for name, chance in zip(names, chances, strict=True)}
    return [share.get(name, 0.0) for name in clusters]
