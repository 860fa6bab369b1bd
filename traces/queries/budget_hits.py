"""When limits of a run were reached: what its lines say of their latest version, and the holds that were placed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from deliberation.vocabulary import Dimension, LimitKind
from traces.analytics.amount_words import amount_words, hit_words
from traces.queries.budget_lines import BudgetRow
from traces.queries.holds import HoldRow, read_holds

OF_BUDGETS = "budget:"


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


def list_budget_hits(run_id: uuid.UUID, rows: Iterable[BudgetRow]) -> list[BudgetHitRow]:
    """Return the hits of a run's limits, the newest first. The caller has checked the run.

    Hits of versions before the latest are known where they held the run.
    """
    of_lines = [each for row in rows for each in _of_line(row)]
    of_holds = [
        found
        for hold in read_holds(run_id, only_open=False)
        if hold.source.startswith(OF_BUDGETS) and (found := _of_hold(hold)) is not None
    ]
    known = {(each.dimension, each.which, each.version): each for each in [*of_lines, *of_holds]}
    return sorted(known.values(), key=lambda each: each.at_ns or 0, reverse=True)


def _of_line(row: BudgetRow) -> Iterable[BudgetHitRow]:
    limits = (
        (LimitKind.SOFT, row.soft, row.soft_hit_ns),
        (LimitKind.HARD, row.hard, row.hard_hit_ns),
    )
    latest = max((at for _, _, at in limits if at is not None), default=None)
    for which, limit, at in limits:
        if at is None or limit is None:
            continue
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
        return hit_words(dimension, which, spent, limit)
    return f"the {which.value} limit of {amount_words(dimension, limit)} was reached"


def _of_hold(hold: HoldRow) -> BudgetHitRow | None:
    try:
        _, name, which, version = hold.hold_id.split(":")
        dimension, kind, number = Dimension(name), LimitKind(which), int(version)
    except ValueError:
        return None
    return BudgetHitRow(
        dimension=dimension,
        which=kind,
        version=number,
        at_ns=hold.placed_ns,
        words=hold.reason or "",
        hold=hold,
    )
