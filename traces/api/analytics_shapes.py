"""The shapes of what many runs come to in the API: every figure with its n, its definition and its source."""

from __future__ import annotations

from decimal import Decimal

from ninja import Field, Schema

from traces.analytics.undefined import Undefined
from traces.api.forms import decimal_text
from traces.queries.over_runs.scope import Scope
from traces.queries.over_runs.told import Fact, Row, Section, Table
from traces.queries.over_runs.told import Unit as FactUnit
from traces.queries.over_runs.words import FIGURES, SECTIONS


class Figure(Schema):
    """One figure. `value` is null where it is not known, and where it is undefined, which then says why."""

    key: str
    label: str
    value: float | str | None = Field(description="US dollars as a decimal string")
    unit: str = Field(
        description="count, share, gain, chance, ratio, money, tokens, or duration in ns"
    )
    n: int | None = Field(
        description="What it was computed from; runs unless the definition says otherwise"
    )
    low: float | None = Field(description="The interval of 95 in 100, null where there is none")
    high: float | None
    interval: str | None = Field(description="wilson, bootstrap, hanley_mcneil or normal")
    undefined: str | None = Field(description="Why there is no value")
    definition: str | None
    source: str | None
    runs: dict[str, str] | None = Field(
        description="Asked for as `cell_<name>` at /analytics/{section}/runs: the runs that it counts"
    )

    @classmethod
    def of(cls, fact: Fact) -> Figure:
        """Return the shape of one."""
        words = FIGURES[fact.key]
        low, high = fact.interval or (None, None)
        return cls(
            key=fact.key,
            label=str(words.label),
            value=_value(fact),
            unit=fact.unit.value,
            n=fact.n,
            low=low,
            high=high,
            interval=fact.how.value if fact.how else None,
            undefined=fact.undefined.value if fact.undefined else None,
            definition=str(words.definition) or None,
            source=words.source or None,
            runs=None if fact.runs is None else dict(fact.runs),
        )


def _value(fact: Fact) -> float | str | None:
    if fact.value is None or isinstance(fact.value, Undefined):
        return None
    if fact.unit is FactUnit.MONEY:
        return decimal_text(Decimal(fact.value))
    return float(fact.value)


class FigureRow(Schema):
    """A row of a table: what it is about, and its figures."""

    label: str
    figures: list[Figure]

    @classmethod
    def of(cls, row: Row) -> FigureRow:
        """Return the shape of one."""
        return cls(label=row.label, figures=[Figure.of(fact) for fact in row.facts])


class FigureTable(Schema):
    """Rows of figures; `figures` are of all of them together, `left_out` counts rows beyond those told."""

    key: str
    label: str
    figures: list[Figure]
    rows: list[FigureRow]
    left_out: int

    @classmethod
    def of(cls, table: Table) -> FigureTable:
        """Return the shape of one."""
        return cls(
            key=table.key,
            label=str(FIGURES[table.key].label),
            figures=[Figure.of(fact) for fact in table.facts],
            rows=[FigureRow.of(row) for row in table.rows],
            left_out=table.left_out,
        )


class AnalyticsSection(Schema):
    """The answer to one question over `n` runs; `is_whole` is false where more match and these are the newest."""

    key: str
    label: str
    definition: str
    n: int
    is_whole: bool
    figures: list[Figure]
    tables: list[FigureTable]

    @classmethod
    def of(cls, section: Section) -> AnalyticsSection:
        """Return the shape of one."""
        words = SECTIONS[section.key]
        return cls(
            key=section.key,
            label=str(words.label),
            definition=str(words.definition),
            n=section.n,
            is_whole=section.is_whole,
            figures=[Figure.of(fact) for fact in section.facts],
            tables=[FigureTable.of(table) for table in section.tables],
        )


class Analytics(Schema):
    """Sections in the order asked for; by what amounts are measured, and runs grouped into tiers."""

    measure: str
    by: str
    times: int
    sections: list[AnalyticsSection]

    @classmethod
    def of(cls, scope: Scope, sections: list[Section]) -> Analytics:
        """Return the shape of all."""
        return cls(
            measure=scope.measure.value,
            by=scope.grouping.value,
            times=scope.times,
            sections=[AnalyticsSection.of(section) for section in sections],
        )
