"""Figures over many runs in words: values, intervals, names, and the address of the runs that one counts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from traces.queries.over_runs.labels import CELLS, INTERVALS, LABELS
from traces.queries.over_runs.told import Fact, Row, Unit
from traces.queries.over_runs.words import FIGURES, SECTIONS, Words
from traces.queries.spoken import spoken
from traces.templatetags.fmt import UNKNOWN, duration, money, number, percent, short
from traces.templatetags.trace_text import one_line

register = template.Library()
THEIRS = {"tier", "model"}
"""Of what others wrote, which is no word of ours by chance."""
BESIDE = "beside"
CELL = "cell_"
"""Begins the names under which an address says which runs of a section are meant: filters have names of their own."""


def _points(gain: float) -> str:
    return gettext("{points} points").format(points=_signed(gain))


def _signed(gain: float) -> str:
    return f"{round(gain * 100, 1) + 0.0:+.1f}"  # what is added makes no -0 of a 0


def _count(value: Decimal | float) -> str:
    return short(int(value)) if value == int(value) else number(value)


WRITTEN: dict[Unit, Callable[[Any], str]] = {
    Unit.COUNT: _count,
    Unit.SHARE: percent,
    Unit.GAIN: _points,
    Unit.CHANCE: lambda value: f"{value:.3f}",
    Unit.RATIO: lambda value: f"{value:,.3g}",
    Unit.MONEY: money,
    Unit.TOKENS: lambda value: short(round(value)),
    Unit.DURATION: lambda value: duration(round(value)),
}


@register.filter
def figure(fact: Fact) -> str:
    """The value in words; what is not known is a dash."""
    if fact.value is None:
        return UNKNOWN
    return WRITTEN[fact.unit](fact.value)


@register.filter
def interval(fact: Fact) -> str:
    """Where the value of other runs like these would lie, 95 in 100: "0.304 – 0.531"."""
    if fact.interval is None:
        return ""
    write = _signed if fact.unit is Unit.GAIN else WRITTEN[fact.unit]
    return " – ".join(write(end) for end in fact.interval)


@register.filter
def found_by(fact: Fact) -> str:
    """How the interval was found."""
    return "" if fact.how is None else str(INTERVALS[fact.how.value])


@register.filter
def observations(fact: Fact) -> str:
    """What it was computed from: "n = 100"."""
    return "" if fact.n is None else f"n = {fact.n:,}"


@register.filter
def words(key: str) -> Words:
    """What a figure or section is called, its definition and the source of that."""
    return SECTIONS[key] if key in SECTIONS else FIGURES[key]


@register.filter
def label(row: Row) -> str:
    """What a row is about: a word of others as it stands, our own in the language of the page."""
    if row.is_foreign:
        return one_line(row.label)
    if row.label in LABELS:
        return str(LABELS[row.label])
    return " ".join(spoken(word) for word in row.label.split(" "))


@register.filter
def more(left_out: int) -> str:
    """How many rows are not shown."""
    return ngettext("{n} more row", "{n} more rows", left_out).format(n=left_out)


@register.simple_tag
def cell_words(name: str, value: str) -> str:
    """Which runs are meant, by one of the values that an address says it with."""
    if f"{name} {value}" in CELLS:
        return str(CELLS[f"{name} {value}"])
    for key in (f"{name.removesuffix('_bin')}_{value}", value):
        if key in LABELS:
            return str(LABELS[key])
    if name in THEIRS:
        return one_line(value)
    if name == BESIDE:
        return gettext("on questions of {tier} too").format(tier=one_line(value))
    return spoken(value)


@register.simple_tag
def runs_address(section: str, fact: Fact, query: str) -> str:
    """The page of the runs that a figure counts; `query` says which were let through."""
    cell = {f"{CELL}{name}": value for name, value in (fact.runs or {}).items()}
    parts = [part for part in (query, urlencode(cell)) if part]
    return f"{reverse('analytics-runs', args=[section])}?{'&'.join(parts)}"
