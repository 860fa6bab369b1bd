"""In which order runs are listed, and where in that order one stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from django.db.models import (
    Expression,
    F,
    Func,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from traces.models import Run
from traces.models.run_keys import COST_KEY, DISCARDED_KEY, DURATION_KEY, STARTED_KEY
from traces.queries.access import NotVisible, as_uuid

END_OF_WORDS = "~"
"""Between the value and the id in a cursor: neither has one."""


class RunOrder(StrEnum):
    """How runs are listed: the most first, and of equals the newest. What is unknown comes last."""

    NEWEST = "newest"
    """By when its id was made: when it was first heard of."""
    STARTED = "started"
    """By when its source says that it started."""
    COST = "cost"
    """By cost in US dollars."""
    DURATION = "duration"
    """By the time from start to end; a run that has not ended comes last."""
    DISCARDED = "discarded"
    """By the share of its nodes that were discarded."""


KEYS: dict[RunOrder, Expression] = {
    RunOrder.STARTED: STARTED_KEY,
    RunOrder.COST: COST_KEY,
    RunOrder.DURATION: DURATION_KEY,
    RunOrder.DISCARDED: DISCARDED_KEY,
}
TIMED = (RunOrder.STARTED, RunOrder.DURATION)
NANOSECONDS, DOLLARS = 2**63, 10**22
"""No value of an order is as large."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a run stands: its value in the order (0 where that is the newest first), and its id."""

    value: Decimal
    id: uuid.UUID

    def as_cursor(self, order: RunOrder) -> str:
        """Return it as text for an address."""
        return str(self.id) if order is RunOrder.NEWEST else f"{self.value}{END_OF_WORDS}{self.id}"


def read_place(cursor: str, order: RunOrder) -> Place:
    """Return the place that a cursor names. Raises NotVisible for a text that is none of this order."""
    value, mark, name = cursor.rpartition(END_OF_WORDS)
    if (order is RunOrder.NEWEST) is bool(mark):
        raise NotVisible
    try:
        place = Place(Decimal(value or 0), as_uuid(name))
        is_one = abs(place.value) < (NANOSECONDS if order in TIMED else DOLLARS)
    except InvalidOperation:  # said of what is not a number when it is read, or when it is compared
        is_one = False
    if not is_one:
        raise NotVisible
    return place


def in_order(found: QuerySet[Run], order: RunOrder) -> QuerySet[Run]:
    """Return the runs in an order, each with its `place_value`."""
    if order is RunOrder.NEWEST:
        return found.annotate(place_value=Value(0, IntegerField())).order_by("-id")
    return found.annotate(place_value=KEYS[order]).order_by(KEYS[order].desc(), "-id")


def after(found: QuerySet[Run], place: Place, order: RunOrder) -> QuerySet[Run]:
    """Return the runs that come after a place."""
    return found.filter(LessThan(_place_of(order), _row_of(place, order)))


def down_to(found: QuerySet[Run], place: Place, order: RunOrder) -> QuerySet[Run]:
    """Return the runs that come before a place, and the one that stands there."""
    return found.filter(GreaterThanOrEqual(_place_of(order), _row_of(place, order)))


def _row(*parts: Expression | F) -> Func:
    # Compared as a row, which an index in this order answers; the type is of no consequence.
    return Func(*parts, template="(%(expressions)s)", output_field=TextField())


def _place_of(order: RunOrder) -> Func:
    return _row(F("id")) if order is RunOrder.NEWEST else _row(KEYS[order], F("id"))


def _row_of(place: Place, order: RunOrder) -> Func:
    name = Value(place.id, UUIDField())
    if order is RunOrder.NEWEST:
        return _row(name)
    # Of the type of the key: Postgres compares another one row by row, and not by the index.
    field = KEYS[order].output_field
    return _row(Value(field.to_python(place.value), field), name)


def place_of(run: Model) -> Place:
    """Return where a run of `in_order` stands."""
    return Place(Decimal(str(run.place_value)), run.pk)  # type: ignore[attr-defined]
