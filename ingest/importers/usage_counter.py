"""Usage that a log counts through: what each case added to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, TypeGuard

from deliberation.vocabulary import Cost, CostProvenance, Usage

MAX_TOKENS = 2**53
MAX_COST = Decimal(10**12)
MONEY_STEP = Decimal(1).scaleb(-18)
EXACT = Context(prec=60)
"""Twelve digits and eighteen decimals: with the usual 28 digits a difference could be rounded."""
RESTARTED = "the log's usage counter restarted here: its new figure is taken whole"
UNREADABLE = "the log's usage cannot be read here: tokens and cost of this case are not known"
UNANCHORED = "the usage of the case before cannot be read: what this case added is not known"


@dataclass(frozen=True, slots=True)
class Reading:
    """The three counters at one case: tokens, and US dollars as they were written."""

    prompt: int
    completion: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Added:
    """What one case added; both None when it is not known, with the reason."""

    usage: Usage | None = None
    cost: Cost | None = None
    warning: str | None = None


class UsageCounter:
    """Turns readings, case by case, into differences.

    They add up to the last reading, and where the counter restarted, to the sum of the last readings of each
    stretch: exactly, for money never becomes a float.
    """

    def __init__(self) -> None:
        self._last: Reading | None = Reading(0, 0, Decimal(0))

    def add(self, usage_so_far: Any) -> Added:
        """Take the next case's reading; None (not recorded) and unreadable ones leave the case unknown."""
        now = _read(usage_so_far)
        last, self._last = self._last, now
        if now is None:
            return Added(warning=UNREADABLE if usage_so_far is not None else None)
        if last is None:
            return Added(warning=UNANCHORED)
        restarted = (
            now.prompt < last.prompt or now.completion < last.completion or now.cost < last.cost
        )
        if restarted:
            last = Reading(0, 0, Decimal(0))
        return Added(
            Usage(input=now.prompt - last.prompt, output=now.completion - last.completion),
            Cost(amount=EXACT.subtract(now.cost, last.cost), provenance=CostProvenance.REPORTED),
            RESTARTED if restarted else None,
        )


def _read(plain: Any) -> Reading | None:
    if not isinstance(plain, Mapping):
        return None
    prompt, completion = plain.get("prompt_tokens"), plain.get("completion_tokens")
    cost = _money(plain.get("cost"))
    if not _is_count(prompt) or not _is_count(completion) or cost is None:
        return None
    return Reading(prompt, completion, cost)


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_TOKENS


def _money(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount = Decimal(value)
    if not 0 <= amount < MAX_COST:
        return None
    # A ledger keeps 18 decimals; no float that a program printed has more that mean anything.
    exponent = amount.as_tuple().exponent
    return (
        amount
        if isinstance(exponent, int) and exponent >= -18
        else EXACT.quantize(amount, MONEY_STEP)
    )
