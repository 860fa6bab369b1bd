"""What is said and told of a run's spending at the control door; the shapes are those of docs/reference/http.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import Dimension
from ingest.control.said import MAX_WORD_CHARS, read_amounts, read_text
from ingest.wire.errors import Malformed
from traces.actions.reserve_spending import Reserved, Short, Wanted
from traces.api.forms import decimal_text
from traces.queries.budget_lines import BudgetRow

RESERVATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
MOST = Decimal(10) ** 12
Plain = dict[str, Any]
Amounts = Mapping[Dimension, Decimal]


def read_wanted(plain: Plain) -> Wanted:
    """Return what a step wants to reserve. Raises Malformed."""
    name = read_text(plain, "id", MAX_WORD_CHARS)
    if not name or not RESERVATION_ID.fullmatch(name):
        raise Malformed("id must be 1 to 64 letters, digits and . _ : -")
    holder = read_text(plain, "holder", MAX_WORD_CHARS)
    if not holder:
        raise Malformed("holder is needed: what is reserved lasts as long as it is heard of")
    amounts = _amounts(plain, "amounts")
    if not amounts:
        raise Malformed("amounts must name at least one dimension")
    return Wanted(reservation_id=name, holder=holder, amounts=amounts)


def read_spent(plain: Plain) -> Amounts:
    """Return what a step came to. Raises Malformed."""
    return _amounts(plain, "spent")


def tell_budget(row: BudgetRow) -> Plain:
    """Return a limit as its program needs to know it; `recorded` is what was recorded here of its spending."""
    return {
        "dimension": row.dimension.value,
        "hard": decimal_text(row.hard),
        "soft": decimal_text(row.soft),
        "on_hit": row.on_hit.value,
        "on_soft": row.on_soft.value,
        "version": row.version,
        "source": row.source.value,
        "policy": row.policy,
        "recorded": decimal_text(row.recorded),
        "soft_hit": row.soft_hit_ns is not None,
        "hard_hit": row.hard_hit_ns is not None,
    }


def tell_spending(row: BudgetRow) -> Plain:
    """Return a limit with what all processes of the run have spent and reserved of it."""
    return {
        **tell_budget(row),
        "spent": decimal_text(row.spent or Decimal(0)),
        "reserved": decimal_text(row.reserved or Decimal(0)),
    }


def tell_reserved(reserved: Reserved) -> Plain:
    """Return the answer to a reservation that stands."""
    return {
        "reservation": reserved.reservation_id,
        "expires_at": reserved.expires_ns,
        "budgets": [tell_spending(row) for row in reserved.budgets],
    }


def tell_short(short: Short) -> Plain:
    """Return a problem that says which limit a step does not fit under, and what stands in it."""
    limit = short.line.limit
    return {
        "type": "about:blank",
        "title": "Short",
        "status": 409,
        "detail": str(short),
        "dimension": short.dimension.value,
        "which": short.which.value,
        "hard": decimal_text(limit.hard),
        "spent": decimal_text(short.spent),
        "reserved": decimal_text(short.reserved),
        "version": short.line.version,
        "on_hit": limit.on_hit.value,
    }


def _amounts(plain: Plain, name: str) -> Amounts:
    said = read_amounts(plain, name) or {}
    amounts = {Dimension(each): Decimal(amount) for each, amount in said.items()}
    if any(each >= MOST for each in amounts.values()):
        raise Malformed(f"{name} must be below 10^12")
    return amounts
