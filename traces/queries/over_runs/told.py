"""What a question over many runs is answered with: figures, each with its n and the runs that it counts, and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.wilson import Interval, wilson
from traces.queries.over_runs.scope import Measure

Cell = Mapping[str, str]
"""Which runs a figure counts: values by the columns of its section's rows."""


class Unit(StrEnum):
    """In what a figure is."""

    COUNT = "count"
    """How many."""
    SHARE = "share"
    """A part of a whole, from 0 to 1."""
    GAIN = "gain"
    """A difference of two shares, from -1 to 1."""
    CHANCE = "chance"
    """A chance or an error, from 0 to 1, as it is written in papers: 0.365."""
    RATIO = "ratio"
    """How many times as much, or as many for each."""
    MONEY = "money"
    """US dollars."""
    TOKENS = "tokens"
    """Tokens."""
    DURATION = "duration"
    """Nanoseconds."""


UNITS = {
    Measure.COST: Unit.MONEY,
    Measure.OUTPUT: Unit.TOKENS,
    Measure.REASONING: Unit.TOKENS,
    Measure.DURATION: Unit.DURATION,
    Measure.CALLS: Unit.COUNT,
}
"""In what amounts of a measure are."""


class How(StrEnum):
    """How an interval, always of 95 in 100, was found."""

    WILSON = "wilson"
    """Of a share that was counted: Wilson 1927."""
    BOOTSTRAP = "bootstrap"
    """From tasks drawn with return, by `traces.analytics.resampling`."""
    HANLEY = "hanley_mcneil"
    """By formula, runs taken as independent: Hanley and McNeil 1982."""
    NORMAL = "normal"
    """By the standard error of a mean over many tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure: what it is called (a key of `words`), its value, what it is computed from, and its interval.

    `value` None is not known; an `Undefined` says why there is none. `n` counts runs, or what the key's words name.
    `runs` says which runs it counts, None where it counts none.
    """

    key: str
    value: Decimal | Estimate | None
    unit: Unit
    n: int | None = None
    interval: Interval | None = None
    how: How | None = None
    runs: Cell | None = None

    @property
    def undefined(self) -> Undefined | None:
        """Why there is no value, None where there is one, or where it is merely not known."""
        return self.value if isinstance(self.value, Undefined) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: what it is about, and its figures in the order of the table's columns.

    `is_foreign` says that the label is a word of others, and not of the vocabulary.
    """

    label: str
    facts: Sequence[Fact]
    is_foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a key of `words`; `columns` are keys as well. `facts` are of all rows together.

    `left_out` counts rows that are not shown.
    """

    key: str
    columns: Sequence[str]
    rows: Sequence[Row]
    facts: Sequence[Fact] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The answer to one question over `n` runs; `is_whole` False: these are the newest of more that match."""

    key: str
    n: int
    is_whole: bool
    facts: Sequence[Fact]
    tables: Sequence[Table] = ()


def share(key: str, part: int, of: int, runs: Cell | None = None) -> Fact:
    """Return a share that was counted, with its interval; undefined of nothing."""
    interval = wilson(part, of)
    return Fact(
        key=key,
        value=part / of if of else Undefined.NO_SAMPLES,
        unit=Unit.SHARE,
        n=of,
        interval=None if isinstance(interval, Undefined) else interval,
        how=None if isinstance(interval, Undefined) else How.WILSON,
        runs=runs if of else None,
    )


def count(key: str, number: int, runs: Cell | None = None) -> Fact:
    """Return how many runs; a link to them where there are any."""
    return Fact(key=key, value=number, unit=Unit.COUNT, runs=runs if number else None)


def among(name: str) -> Cell:
    """Return the cell of runs that a section leaves out, under the name that its statement has for them."""
    return {"among": name}


def estimate(
    key: str,
    value: Estimate,
    unit: Unit,
    n: int,
    interval: Interval | Undefined | None = None,
    how: How | None = None,
    runs: Cell | None = None,
) -> Fact:
    """Return a statistic; an interval that is undefined is none."""
    found = None if isinstance(interval, Undefined) else interval
    return Fact(
        key=key,
        value=value,
        unit=unit,
        n=n,
        interval=found,
        how=how if found is not None else None,
        runs=runs,
    )
