"""What became of a run's limits: who set which version and why, and when each was reached."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from deliberation.events import BudgetHit, BudgetSet
from deliberation.vocabulary import Dimension, Limit, LimitKind, OnHit
from traces.analytics.amount_words import amount_words, hit_phrase
from traces.models import LedgerEntry
from traces.queries.budget_keys import hit_key, set_key
from traces.queries.budget_lines import BudgetRow
from traces.queries.holds import HoldRow, read_holds
from traces.queries.ledger import read_entries, showable
from traces.queries.spoken import told

OF_BUDGETS = "budget:"
LATEST_VERSIONS = 20
"""Of each limit, so many are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetHitRow:
    """A limit that was reached. `hold` is what that placed, where the run waited there.

    `version` is None for a soft limit that stayed as it was: in which of its versions it was reached is not kept.
    """

    dimension: Dimension
    which: LimitKind
    version: int | None
    at_ns: int | None
    words: str
    hold: HoldRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSetRow:
    """A version of a limit that a person or a script set. `reason` is None once it was redacted."""

    dimension: Dimension
    version: int
    at_ns: int | None
    limit: Limit
    by: str
    reason: str | None


HistoryRow = BudgetHitRow | BudgetSetRow


def read_budget_history(run_id: uuid.UUID, rows: list[BudgetRow]) -> list[HistoryRow]:
    """Return what became of a run's limits, the newest first. The caller has checked the run.

    A hit that the program itself told, of a version before the latest, is known where it held the run. The first
    version, and those of policies and forks, stand with the limit itself.
    """
    found: dict[Any, HistoryRow] = {}
    for each in [*_of_ledger(run_id, rows), *_of_lines(rows), *_of_holds(run_id)]:
        found[getattr(each, "which", None), each.dimension, each.version] = each
    return sorted(
        found.values(), key=lambda each: (each.at_ns or 0, each.version or 0), reverse=True
    )


def _of_ledger(run_id: uuid.UUID, rows: Iterable[BudgetRow]) -> Iterator[HistoryRow]:
    keys = [key for row in rows for key in _keys(row)]
    wanted = LedgerEntry.objects.filter(run_id=run_id, key__in=keys).values_list("seq", flat=True)
    seqs = list(wanted)
    for entry in read_entries(run_id, seqs) if seqs else ():
        event = entry.event
        if isinstance(event, BudgetSet):
            yield _of_set(event)
        elif isinstance(event, BudgetHit):
            yield _of_hit(event)


def _keys(row: BudgetRow) -> Iterator[str]:
    for version in range(max(1, row.version - LATEST_VERSIONS + 1), row.version + 1):
        yield set_key(row.dimension, version)
        for which in LimitKind:
            yield hit_key(row.dimension, which, version)


def _of_set(event: BudgetSet) -> BudgetSetRow:
    limit = Limit(
        hard=event.hard,
        soft=event.soft,
        on_hit=event.on_hit or OnHit.STOP,
        on_soft=event.on_soft or OnHit.WARN,
    )
    return BudgetSetRow(
        dimension=Dimension(event.dimension),
        version=event.version,
        at_ns=event.at,
        limit=limit,
        by=showable(event.by),
        reason=None if event.reason is None else showable(event.reason),
    )


def _of_hit(event: BudgetHit) -> BudgetHitRow:
    dimension = Dimension(event.dimension)
    return BudgetHitRow(
        dimension=dimension,
        which=event.which,
        version=event.version,
        at_ns=event.at,
        words=told(hit_phrase(dimension, event.which, event.spent, event.limit)),
        hold=None,
    )


def _of_lines(rows: Iterable[BudgetRow]) -> Iterator[BudgetHitRow]:
    for row in rows:
        limits = (
            (LimitKind.SOFT, row.soft, row.soft_hit_ns),
            (LimitKind.HARD, row.hard, row.hard_hit_ns),
        )
        latest = max((at for _, _, at in limits if at is not None), default=None)
        for which, limit, at in limits:
            if at is not None and limit is not None:
                # What was spent is known of the last hit only.
                spent = row.hit_spent if at == latest else None
                yield BudgetHitRow(
                    dimension=row.dimension,
                    which=which,
                    version=row.version if row.set_ns is None or at >= row.set_ns else None,
                    at_ns=at,
                    words=_words(row.dimension, which, spent, limit),
                    hold=None,
                )


def _words(dimension: Dimension, which: LimitKind, spent: Decimal | None, limit: Decimal) -> str:
    if spent is not None:
        return told(hit_phrase(dimension, which, spent, limit))
    amount = amount_words(dimension, limit)
    if which is LimitKind.SOFT:
        return gettext("the soft limit of {amount} was reached").format(amount=amount)
    return gettext("the hard limit of {amount} was reached").format(amount=amount)


def _of_holds(run_id: uuid.UUID) -> Iterator[BudgetHitRow]:
    for hold in read_holds(run_id, only_open=False):
        if hold.source.startswith(OF_BUDGETS):
            yield from _of_hold(hold)


def _of_hold(hold: HoldRow) -> Iterator[BudgetHitRow]:
    try:
        _, name, which, version = hold.hold_id.split(":")
        dimension, kind, number = Dimension(name), LimitKind(which), int(version)
    except ValueError:
        return
    yield BudgetHitRow(
        dimension=dimension,
        which=kind,
        version=number,
        at_ns=hold.placed_ns,
        words=hold.reason or "",
        hold=hold,
    )
