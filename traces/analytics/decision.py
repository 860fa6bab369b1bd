"""When a run's answer was decided, and what the rest of its spending bought. Pure.

Moments are whole numbers on one clock: ns since 1970, or places in the ledger. What a call cost counts from the moment
it was over. The *best answer* at a moment is what the run would have returned had it stopped there, by one of three
rules: the one with the most votes so far, the one with the highest value so far, or the latest. Of equals the one that
was best before stays so. An *answer flip* is a change of the best answer to another; the first one is none. The *last
useful* spending (the last useful token, where tokens are what is known) is what had been spent when the returned answer
became the best for the last time and stayed so to the end; what was spent after it changed nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate


class Rule(StrEnum):
    """What makes an answer the best so far."""

    VOTES = "votes"
    """More candidates have it than any other."""
    VALUE = "value"
    """A candidate with it has a higher value than any other."""
    LATEST = "latest"
    """It came last: each one takes the place of the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An answer that was there from the moment `at` on; `votes` are how many it counts for."""

    at: int
    ordinal: int
    answer: str
    votes: int = 1
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """From `at` on `answer` was the best, by the proposal `ordinal`; `strength` its votes or value then, if any."""

    at: int
    ordinal: int
    answer: str
    strength: float | None


class Meter:
    """What had been spent at any moment."""

    __slots__ = ("_moments", "_sums")

    def __init__(self, spendings: Iterable[tuple[int, Decimal]]) -> None:
        ordered = sorted(spendings, key=lambda spending: spending[0])
        self._moments = [at for at, _ in ordered]
        self._sums = list(accumulate((amount for _, amount in ordered), initial=Decimal(0)))

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self._sums[-1]

    def until(self, at: int) -> Decimal:
        """Return what had been spent at the moment `at`, that moment included."""
        return self._sums[bisect_right(self._moments, at)]


def follow_leads(proposals: Iterable[Proposal], rule: Rule) -> list[Lead]:
    """Return the leads in order, each with another answer than the one before; proposals of one moment by ordinal."""
    leads: list[Lead] = []
    votes: Counter[str] = Counter()
    best: float | None = None
    for each in sorted(proposals, key=lambda proposal: (proposal.at, proposal.ordinal)):
        strength: float | None = None
        if rule is Rule.VOTES:
            votes[each.answer] += each.votes
            strength = votes[each.answer]
            best = votes[leads[-1].answer] if leads else None
        elif rule is Rule.VALUE:
            strength = each.value
            if strength is None:
                continue
        is_better = rule is Rule.LATEST or best is None or (strength or 0) > best
        if not is_better:
            continue
        best = strength
        if not leads or leads[-1].answer != each.answer:
            leads.append(
                Lead(at=each.at, ordinal=each.ordinal, answer=each.answer, strength=strength)
            )
    return leads


def count_flips(leads: Sequence[Lead]) -> int:
    """Return how many times the best answer changed to another."""
    return max(0, len(leads) - 1)


def first_there(proposals: Iterable[Proposal], answer: str) -> int | None:
    """Return when an answer was first among the proposals, None where it never was."""
    return min((each.at for each in proposals if each.answer == answer), default=None)


def last_useful(leads: Sequence[Lead], answer: str) -> int | None:
    """Return when the returned answer became the best and stayed so; None where another one was best at the end."""
    return leads[-1].at if leads and leads[-1].answer == answer else None
