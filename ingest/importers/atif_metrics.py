"""Tokens and money of an ATIF trajectory: of a step, and of the whole.

`prompt_tokens` holds what was cached (RFC 0001, since v1.2). Files of failed runs write zeros: a call that took no
tokens was not counted, and no money for tokens that were taken is a model without a price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import Cost, CostProvenance, Usage
from ingest.importers.agent_run import Turn, reported
from ingest.mapping.take import as_count
from ingest.mapping.usage import inclusive

ROUNDING = Decimal("0.000001")
"""Of dollars: sums of floats differ from a float's sum by less."""
FEWER = "final_metrics say {total} tokens in, the steps add up to {steps}: the steps are counted"
CHEAPER = "final_metrics say {total} dollars, the steps add up to {steps}: the whole is counted, and no step's own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Tokens and dollars that are accounted for."""

    entered: int = 0
    came_out: int = 0
    money: Decimal = Decimal(0)

    def __add__(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(
            entered=self.entered + other.entered,
            came_out=self.came_out + other.came_out,
            money=self.money + other.money,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An agent's calls, and what its trajectory states as a whole and no call does."""

    turns: list[Turn]
    usage: Usage | None = None
    cost: Cost | None = None

    @property
    def spent(self) -> Spent:
        """All that is counted."""
        usages = [self.usage, *(turn.usage for turn in self.turns)]
        costs = [self.cost, *(turn.cost for turn in self.turns)]
        return Spent(
            entered=sum(usage.input or 0 for usage in usages if usage),
            came_out=sum(usage.output or 0 for usage in usages if usage),
            money=sum((cost.amount or Decimal(0) for cost in costs if cost), Decimal(0)),
        )


def usage_of(metrics: Mapping[str, Any]) -> Usage | None:
    """Return a step's tokens."""
    entered, came_out = (
        as_count(metrics.get("prompt_tokens")),
        as_count(metrics.get("completion_tokens")),
    )
    if not entered and not came_out:
        return None
    extra = metrics.get("extra")
    more = extra if isinstance(extra, Mapping) else {}
    return inclusive(
        entered,
        came_out,
        as_count(metrics.get("cached_tokens")),
        as_count(more.get("cache_creation_input_tokens")),
        as_count(more.get("reasoning_tokens")),
    )


def cost_of(amount: Any) -> Cost | None:
    """Return a stated amount of money, None for nothing and for zero."""
    cost = reported(amount)
    return cost if cost and cost.amount else None


def account_for(
    final: Mapping[str, Any], turns: list[Turn], below: Spent, warnings: list[str]
) -> Account:
    """Return the calls with what the final metrics state beyond them.

    `below` is what embedded sub-agents account for: producers differ in whether the whole holds it.
    """
    usage = _tokens_left(final, turns, below, warnings)
    total = cost_of(final.get("total_cost_usd"))
    if total is None or total.amount is None:
        return Account(turns=turns, usage=usage)
    spent = Account(turns=turns).spent.money
    if spent > total.amount + ROUNDING:
        warnings.append(CHEAPER.format(total=total.amount, steps=spent))
        bare = [replace(turn, cost=None) for turn in turns]
        return Account(turns=_unpriced(bare), usage=usage, cost=_rest(total.amount - below.money))
    more = total.amount - spent - below.money
    return Account(turns=_unpriced(turns), usage=usage, cost=_rest(more))


def _unpriced(turns: list[Turn]) -> list[Turn]:
    """Return the turns so that no price is added to money that the whole states already."""
    absent = Cost(provenance=CostProvenance.ABSENT)
    return [turn if turn.cost is not None else replace(turn, cost=absent) for turn in turns]


def _rest(amount: Decimal) -> Cost | None:
    return reported(amount) if amount > ROUNDING else None


def _tokens_left(
    final: Mapping[str, Any], turns: list[Turn], below: Spent, warnings: list[str]
) -> Usage | None:
    entered = as_count(final.get("total_prompt_tokens"))
    came_out = as_count(final.get("total_completion_tokens"))
    if not entered and not came_out:
        return None
    if not any(turn.usage for turn in turns) and not below.entered:
        return inclusive(entered, came_out, as_count(final.get("total_cached_tokens")), None, None)
    told = Account(turns=turns).spent
    more_in = (entered or 0) - told.entered - below.entered
    more_out = 0 if came_out is None else came_out - told.came_out - below.came_out
    if min(more_in, more_out) >= 0 < more_in + more_out:
        return Usage(input=more_in, output=None if came_out is None else more_out)
    if entered is not None and entered < told.entered:
        warnings.append(FEWER.format(total=entered, steps=told.entered))
    return None
