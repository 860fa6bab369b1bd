"""The data of each figure as a table: the same numbers, for who reads rather than looks, and for spreadsheets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.text import capfirst
from django.utils.translation import gettext

from deliberation.vocabulary import Dimension
from traces.analytics.spreadsheet import Cell
from traces.figures.flow import level_words, verdict_words
from traces.figures.search import NAMES
from traces.queries.costs import Sector
from traces.queries.decision import DecisionRow
from traces.queries.flows import Flow
from traces.queries.points import Axis, Points
from traces.queries.spread import Spread
from traces.queries.timeline import Timeline

SECOND = 1_000_000_000


class Unit(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    """Words, of others among them."""
    WORD = "word"
    """A word of the vocabulary."""
    NODE = "node"
    """A node's ordinal, which leads to it."""
    COUNT = "count"
    """How many."""
    NUMBER = "number"
    """Any number."""
    MONEY = "money"
    """US dollars."""
    SHARE = "share"
    """A part of a whole, from 0 to 1."""
    PERCENT = "percent"
    """The same, to a tenth of a percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Heads with their units, and rows of as many cells. `order` says in words how the rows are sorted."""

    heads: dict[str, Unit]
    rows: Sequence[Sequence[Cell]]
    order: str


AXIS_UNITS = {
    Axis.VALUE: Unit.NUMBER,
    Axis.VISITS: Unit.COUNT,
    Axis.DEPTH: Unit.COUNT,
    Axis.TOKENS: Unit.COUNT,
    Axis.COST: Unit.MONEY,
    Axis.TIME: Unit.NUMBER,
}


def cost_table(sectors: Sequence[Sector]) -> Table:
    """Return the branches of the icicle."""
    heads = {
        gettext("Branch"): Unit.TEXT,
        gettext("Fate"): Unit.WORD,
        gettext("Nodes"): Unit.COUNT,
        gettext("Tokens"): Unit.COUNT,
        gettext("Cost"): Unit.MONEY,
        gettext("Sector"): Unit.WORD,
        gettext("Inside"): Unit.WORD,
    }
    rows = [
        (each.label, each.fate, each.nodes, each.tokens, each.cost, each.id, each.parent)
        for each in sectors
    ]
    return Table(heads=heads, rows=rows, order=gettext("as they lie inside each other"))


def search_table(points: Points) -> Table:
    """Return the points."""
    x, y = points.x_axis, points.y_axis
    heads = {
        gettext("Node"): Unit.NODE,
        gettext("Fate"): Unit.WORD,
        capfirst(str(NAMES[y])): AXIS_UNITS[y],
        capfirst(str(NAMES[x])): AXIS_UNITS[x],
    }
    ranked = sorted(range(len(points.fate)), key=lambda row: (-points.y[row], points.x[row]))
    rows = [
        (points.ordinal[row], points.fate[row], _whole(points.y[row]), _whole(points.x[row]))
        for row in ranked
    ]
    return Table(
        heads=heads, rows=rows, order=gettext("the most {what} first").format(what=NAMES[y])
    )


def flow_table(flows: Sequence[Flow]) -> Table:
    """Return the flows."""
    heads = {
        gettext("Level"): Unit.TEXT,
        gettext("Verdict"): Unit.WORD,
        gettext("Fate"): Unit.WORD,
        gettext("Nodes"): Unit.COUNT,
    }
    rows = [
        (level_words(each.depth), verdict_words(each.verdict), each.fate, each.nodes)
        for each in flows
    ]
    return Table(heads=heads, rows=rows, order=gettext("by level"))


def spread_table(spread: Spread) -> Table:
    """Return the amounts, with the share of those that are at most as large."""
    is_money = spread.dimension is Dimension.USD
    heads = {
        gettext("Node"): Unit.NODE,
        gettext("Kind"): Unit.WORD,
        gettext("Fate"): Unit.WORD,
        gettext("Cost") if is_money else gettext("Tokens"): Unit.MONEY if is_money else Unit.COUNT,
        gettext("At most this"): Unit.SHARE,
    }
    ascending = [each.amount for each in spread.spent]
    rows = [
        (
            each.ordinal,
            each.kind,
            each.fate,
            each.amount if is_money else int(each.amount),
            bisect_right(ascending, each.amount) / len(ascending),
        )
        for each in reversed(spread.spent)
    ]
    return Table(heads=heads, rows=rows, order=gettext("the most first"))


def timeline_table(timeline: Timeline) -> Table:
    """Return the bars."""
    heads = {
        gettext("Node"): Unit.NODE,
        gettext("Name"): Unit.TEXT,
        gettext("Kind"): Unit.WORD,
        gettext("Fate"): Unit.WORD,
        gettext("Began after, s"): Unit.NUMBER,
        gettext("Took, s"): Unit.NUMBER,
        gettext("Lane"): Unit.COUNT,
        gettext("Nodes"): Unit.COUNT,
    }
    rows = [
        (
            bar.ordinal,
            bar.name,
            bar.kind,
            bar.fate,
            bar.start / SECOND,
            None if bar.lacks_end else (bar.end - bar.start) / SECOND,
            bar.lane + 1,
            bar.count,
        )
        for bar in timeline.bars
    ]
    return Table(heads=heads, rows=rows, order=gettext("by their beginning"))


def decision_table(decision: DecisionRow) -> Table:
    """Return the answers as they came, each with what had been spent, and the flips among them."""
    is_money = decision.dimension is Dimension.USD
    heads = {
        gettext("Node"): Unit.NODE,
        gettext("Answer"): Unit.TEXT,
        gettext("Spent until then"): Unit.MONEY if is_money else Unit.COUNT,
        gettext("Value"): Unit.NUMBER,
        gettext("Right"): Unit.WORD,
        gettext("Became the best"): Unit.WORD,
    }
    led = {each.ordinal for each in decision.leads}
    rows = [
        (
            each.ordinal,
            each.answer,
            each.spent if is_money or each.spent is None else int(each.spent),
            each.strength,
            None if each.correct is None else gettext("yes") if each.correct else gettext("no"),
            gettext("yes") if each.ordinal in led else gettext("no"),
        )
        for each in decision.answers
    ]
    return Table(heads=heads, rows=rows, order=gettext("as they came"))


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number
