"""maj@k for many k at once: how often the answer that most of k samples have is right. Pure, and exact.

The same expectation as `traces.analytics.votes.maj_at_k`, which counts one k; a curve over many tasks asks for several.
For each number of votes m that may lead, the ways are one polynomial: in x, how many samples are drawn, and y, how many
answers have m of them. An answer of c samples that gets less than m is the sum of C(c, t)·x^t for t < m, one that gets
m is C(c, m)·x^m·y, and answers of fewer samples than m are (1 + x)^c, all together one binomial. That one of the
leaders is right, of j that share the lead, is the derivative by right answers over j. The coefficients are whole
numbers, so that a polynomial is one whole number itself, its digits far enough apart (Kronecker's substitution: von zur
Gathen and Gerhard, "Modern Computer Algebra", 8.4), and nothing is rounded before the last division.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import comb

from traces.analytics.undefined import Undefined

MOST_VOTERS = 200
"""Samples of one task. A hundred take some 20 ms, two hundred half a second."""
KEPT = 4_096
"""Tasks whose curve is kept: numbers alone."""

Answers = tuple[tuple[int, int], ...]
"""Of each answer that has votes: its samples, and how many of these are right."""


def maj_curve(
    answers: Sequence[tuple[int, int]], without: int, points: Sequence[int]
) -> tuple[float, ...] | Undefined:
    """Return maj@k, 0 to 1, for each k of `points`; `without` is how many have no answer, which counts as wrong.

    Undefined without samples, with fewer than the greatest k, and of more than `MOST_VOTERS`. Raises ValueError for
    counts that contradict each other, and for k < 1.
    """
    if without < 0 or any(not 0 <= right <= size or size < 1 for size, right in answers):
        raise ValueError("an answer has at least one sample, and no more right ones than samples")
    if min(points, default=1) < 1:
        raise ValueError("no vote of no samples")
    total = without + sum(size for size, _ in answers)
    if not total:
        return Undefined.NO_SAMPLES
    if max(points, default=0) > total:
        return Undefined.TOO_FEW_SAMPLES
    if total > MOST_VOTERS:
        return Undefined.TOO_MANY_SAMPLES
    return _curve(tuple(sorted(answers)), without, tuple(points))


@lru_cache(maxsize=KEPT)
def _curve(answers: Answers, without: int, points: tuple[int, ...]) -> tuple[float, ...]:
    total = without + sum(size for size, _ in answers)
    chances = dict.fromkeys(points, 0.0)
    if any(right for _, right in answers):
        for votes in range(1, min(max(points), max(size for size, _ in answers)) + 1):
            _add_led_by(votes, answers, without, total, chances)
    return tuple(min(1.0, chances[k]) for k in points)


def _add_led_by(
    votes: int, answers: Answers, without: int, total: int, chances: dict[int, float]
) -> None:
    """Add to each k the chance that so many votes lead, and what is returned then is right."""
    rivals = Counter(answer for answer in answers if answer[0] >= votes)
    beaten = without + sum(size for size, _ in answers if size < votes)
    # In bytes: no coefficient is more than all ways, 2^total, times the votes.
    digit = (total + total.bit_length()) // 8 + 1
    row = digit * (total + 1)
    every = _packed((comb(beaten, drawn) for drawn in range(beaten + 1)), digit)
    right_one = 0
    for (size, right), count in rivals.items():
        either = _packed((comb(size, drawn) for drawn in range(votes)), digit)
        either += comb(size, votes) << 8 * (digit * votes + row)
        # C(c, m)·right/c·m, which is a whole number; the m is taken out at the end.
        leads = right * comb(size - 1, votes - 1) << 8 * (digit * votes + row)
        alike = either ** (count - 1)
        right_one = (right_one * either + every * (count * leads)) * alike
        every *= alike * either
    most = total // votes
    ways = right_one.to_bytes(row * (most + 1), "little")
    for k in chances:
        for leaders in range(1, k // votes + 1):
            at = row * leaders + digit * k
            here = int.from_bytes(ways[at : at + digit], "little")
            if here:
                chances[k] += here / (comb(total, k) * votes * leaders)


def _packed(digits: Iterable[int], width: int) -> int:
    """Return numbers as the digits of one, the first the least, each of so many bytes."""
    return int.from_bytes(b"".join(each.to_bytes(width, "little") for each in digits), "little")
