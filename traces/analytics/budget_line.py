"""One limit of a run as its row keeps it: read, written, and what each event makes of it. Pure.

A version of a line is one pair of limits. Each of the two is reached once in a version; a new version can be reached
again, but for a soft limit that stayed as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import Any

from deliberation.events import BudgetHit, BudgetSet, RunStarted
from deliberation.vocabulary import BudgetSource, Dimension, Limit, LimitKind, OnHit, SpendBasis
from deliberation.vocabulary.budget import read_amount

UNREACHABLE = Decimal(10) ** 12
"""No event can tell of that much (12 + 18 digits): a limit from there on is none."""
PLACES = 18
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """The limits of one dimension in their latest version, where they come from, and whether they were reached.

    Times in ns since 1970; `set_ns` is None where only a hit tells of the line so far. `hit_spent` is what was spent at
    the last hit of any version.
    """

    limit: Limit
    version: int = 1
    source: BudgetSource = BudgetSource.RUN
    by: str | None = None
    reason: str | None = None
    policy: str | None = None
    set_ns: int | None = None
    soft_hit_ns: int | None = None
    hard_hit_ns: int | None = None
    hit_spent: Decimal | None = None
    hit_basis: SpendBasis | None = None

    def is_hit(self, which: LimitKind) -> bool:
        """Return True when that limit was reached in this version."""
        at = self.hard_hit_ns if which is LimitKind.HARD else self.soft_hit_ns
        return at is not None


Lines = Mapping[str, Any]
"""Lines by dimension, as a run's row keeps them."""


def read_lines(stored: Lines) -> dict[Dimension, BudgetLine]:
    """Return the lines of a run's row, in the vocabulary's order."""
    return {each: _read(stored[each.value]) for each in Dimension if each.value in stored}


def write_line(line: BudgetLine) -> dict[str, Any]:
    """Return a line as a row keeps it: amounts as decimal strings, and nothing that is unknown."""
    limit = line.limit
    plain = {
        "hard": amount_text(limit.hard),
        "soft": amount_text(limit.soft),
        "on_hit": limit.on_hit.value,
        "on_soft": limit.on_soft.value,
        "version": line.version,
        "source": line.source.value,
        "by": line.by,
        "reason": line.reason,
        "policy": line.policy,
        "set_ns": line.set_ns,
        "soft_hit_ns": line.soft_hit_ns,
        "hard_hit_ns": line.hard_hit_ns,
        "hit_spent": amount_text(line.hit_spent),
        "hit_basis": line.hit_basis and line.hit_basis.value,
    }
    return {name: value for name, value in plain.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Limits as a program states them, in the form of `run.started`; it may do so before that is recorded."""

    budgets: Mapping[str, str] | None = None
    soft_budgets: Mapping[str, str] | None = None
    on_hit: Mapping[str, str] | None = None
    on_soft: Mapping[str, str] | None = None


def stated_limits(event: RunStarted | Stated) -> Iterator[tuple[Dimension, Limit]]:
    """Yield the limits that a program states; what is no amount, or no dimension of ours, is none."""
    for dimension in Dimension:
        name = dimension.value
        hard, soft = ((amounts or {}).get(name) for amounts in (event.budgets, event.soft_budgets))
        limit = Limit(
            hard=_stated(hard),
            soft=_stated(soft),
            on_hit=_word((event.on_hit or {}).get(name), OnHit.STOP),
            on_soft=_word((event.on_soft or {}).get(name), OnHit.WARN),
        )
        if limit.hard is not None or limit.soft is not None:
            yield dimension, limit


def stated(line: BudgetLine | None, limit: Limit, at: int | None) -> BudgetLine:
    """Return the line after the program stated a limit.

    What it stated first stands, and so does what was set after it. A policy may have overtaken it: then the tighter of
    both stands, in a new version where that is another.
    """
    if line is None:
        return BudgetLine(limit=limit, set_ns=at)
    if line.source is BudgetSource.RUN:
        return line if line.set_ns is not None else replace(line, limit=limit, set_ns=at)
    if line.source is not BudgetSource.POLICY:
        return line
    tightened = line.limit.tightened(limit)
    return line if tightened == line.limit else _next(line, tightened)


def set_anew(line: BudgetLine | None, event: BudgetSet, reason: str | None) -> BudgetLine | None:
    """Return the line after a limit was set. The highest version stands."""
    before = line or BudgetLine(limit=Limit(), version=0)
    if event.version <= before.version:
        return line
    limit = Limit(
        hard=event.hard,
        soft=event.soft,
        on_hit=event.on_hit or OnHit.STOP,
        on_soft=event.on_soft or OnHit.WARN,
    )
    return replace(
        _next(before, limit),
        version=event.version,
        source=event.source,
        by=event.by,
        reason=reason,
        policy=event.policy,
        set_ns=event.at,
    )


def hit(line: BudgetLine | None, event: BudgetHit) -> BudgetLine | None:
    """Return the line after a limit was reached; None when that says nothing new of it.

    A hit of a version that stands no longer is history. One that comes before the limit itself makes it known.
    """
    is_hard = event.which is LimitKind.HARD
    if line is None:
        known = Limit(hard=event.limit) if is_hard else Limit(soft=event.limit)
        line = BudgetLine(limit=known, version=event.version or 1)
    if line.is_hit(event.which) or event.version not in (None, line.version):
        return None
    at = event.at if event.at is not None else 0
    marked = replace(line, hard_hit_ns=at) if is_hard else replace(line, soft_hit_ns=at)
    return replace(marked, hit_spent=event.spent, hit_basis=event.basis)


def amount_text(amount: Decimal | None) -> str | None:
    """Return an amount as a decimal string, never with an exponent."""
    return None if amount is None else f"{amount:f}"


def _next(line: BudgetLine, limit: Limit) -> BudgetLine:
    # Whoever is given more was told of the soft limit that stays as it was.
    soft_hit_ns = line.soft_hit_ns if limit.soft == line.limit.soft else None
    return replace(
        line, limit=limit, version=line.version + 1, soft_hit_ns=soft_hit_ns, hard_hit_ns=None
    )


def _read(plain: Any) -> BudgetLine:
    if isinstance(plain, str):  # from before there was more to say than a hard limit
        return BudgetLine(limit=Limit(hard=_stated(plain)))
    hit_basis = plain.get("hit_basis")
    same = ("by", "reason", "policy", "set_ns", "soft_hit_ns", "hard_hit_ns")
    return BudgetLine(
        limit=Limit(
            hard=_amount(plain, "hard"),
            soft=_amount(plain, "soft"),
            on_hit=OnHit(plain["on_hit"]),
            on_soft=OnHit(plain["on_soft"]),
        ),
        version=plain["version"],
        source=BudgetSource(plain["source"]),
        hit_spent=_amount(plain, "hit_spent"),
        hit_basis=SpendBasis(hit_basis) if hit_basis else None,
        **{name: plain.get(name) for name in same},
    )


def _amount(plain: Mapping[str, Any], name: str) -> Decimal | None:
    return None if name not in plain else Decimal(plain[name])


def _stated(said: str | None) -> Decimal | None:
    try:
        amount = read_amount(said, "")
    except ValueError:
        return None
    if amount is None or amount >= UNREACHABLE:
        return None
    is_finer = int(amount.as_tuple().exponent) < -PLACES
    return amount.quantize(Decimal(1).scaleb(-PLACES), context=_EXACT) if is_finer else amount


def _word(said: str | None, usual: OnHit) -> OnHit:
    try:
        return OnHit(said) if said else usual
    except ValueError:
        return usual
