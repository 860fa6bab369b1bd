"""The data of each figure as a table: the same numbers, for who reads rather than looks, and for spreadsheets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from deliberation.vocabulary import Dimension
from traces.analytics.spreadsheet import Cell
from traces.figures.flow import level_words, verdict_words
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
        "Branch": Unit.TEXT,
        "Fate": Unit.WORD,
        "Nodes": Unit.COUNT,
        "Tokens": Unit.COUNT,
        "Cost": Unit.MONEY,
        "Sector": Unit.WORD,
        "Inside": Unit.WORD,
    }
    rows = [
        (each.label, each.fate, each.nodes, each.tokens, each.cost, each.id, each.parent)
        for each in sectors
    ]
    return Table(heads=heads, rows=rows, order="as they lie inside each other")


def search_table(points: Points) -> Table:
    """Return the points."""
    x, y = points.x_axis, points.y_axis
    heads = {
        "Node": Unit.NODE,
        "Fate": Unit.WORD,
        y.value.capitalize(): AXIS_UNITS[y],
        x.value.capitalize(): AXIS_UNITS[x],
    }
    ranked = sorted(range(len(points.fate)), key=lambda row: (-points.y[row], points.x[row]))
    rows = [
        (points.ordinal[row], points.fate[row], _whole(points.y[row]), _whole(points.x[row]))
        for row in ranked
    ]
    return Table(heads=heads, rows=rows, order=f"the most {y.value} first")


def flow_table(flows: Sequence[Flow]) -> Table:
    """Return the flows."""
    heads = {"Level": Unit.TEXT, "Verdict": Unit.WORD, "Fate": Unit.WORD, "Nodes": Unit.COUNT}
    rows = [
        (level_words(each.depth), verdict_words(each.verdict), each.fate, each.nodes)
        for each in flows
    ]
    return Table(heads=heads, rows=rows, order="by level")


def spread_table(spread: Spread) -> Table:
    """Return the amounts, with the share of those that are at most as large."""
    is_money = spread.dimension is Dimension.USD
    heads = {
        "Node": Unit.NODE,
        "Kind": Unit.WORD,
        "Fate": Unit.WORD,
        "Cost" if is_money else "Tokens": Unit.MONEY if is_money else Unit.COUNT,
        "At most this": Unit.SHARE,
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
    return Table(heads=heads, rows=rows, order="the most first")


def timeline_table(timeline: Timeline) -> Table:
    """Return the bars."""
    heads = {
        "Node": Unit.NODE,
        "Name": Unit.TEXT,
        "Kind": Unit.WORD,
        "Fate": Unit.WORD,
        "Began after, s": Unit.NUMBER,
        "Took, s": Unit.NUMBER,
        "Lane": Unit.COUNT,
        "Nodes": Unit.COUNT,
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
    return Table(heads=heads, rows=rows, order="by their beginning")


def decision_table(decision: DecisionRow) -> Table:
    """Return the answers as they came, each with what had been spent, and the flips among them."""
    is_money = decision.dimension is Dimension.USD
    heads = {
        "Node": Unit.NODE,
        "Answer": Unit.TEXT,
        "Spent until then": Unit.MONEY if is_money else Unit.COUNT,
        "Value": Unit.NUMBER,
        "Right": Unit.WORD,
        "Became the best": Unit.WORD,
    }
    led = {each.ordinal for each in decision.leads}
    rows = [
        (
            each.ordinal,
            each.answer,
            each.spent if is_money or each.spent is None else int(each.spent),
            each.strength,
            None if each.correct is None else "yes" if each.correct else "no",
            "yes" if each.ordinal in led else "no",
        )
        for each in decision.answers
    ]
    return Table(heads=heads, rows=rows, order="as they came")


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number
