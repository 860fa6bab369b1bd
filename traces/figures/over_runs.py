"""What many runs come to, drawn: each figure of a section, from the very numbers that the section shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext

from deliberation.vocabulary import Fate
from traces.analytics.undefined import Undefined
from traces.figures.curves import curve_table, lorenz_figure, tail_figure
from traces.figures.drawing import BARE, PLAIN, describe
from traces.figures.tables import Table, Unit
from traces.queries.over_runs import calibration, discarded, effort, tail, tiers
from traces.queries.over_runs.labels import LABELS, MEASURES
from traces.queries.over_runs.scope import Scope
from traces.queries.over_runs.told import Fact, Row, Section
from traces.queries.over_runs.told import Table as Told
from traces.queries.over_runs.words import FIGURES as WORDS
from traces.queries.spoken import spoken

SHARES = {"range": [0, 1.02], "tickformat": ".0%", "automargin": True}
FATES = {each.value for each in Fate}
SHORT = {
    **{f"difficulty_{number}": f"{number * 20}–{number * 20 + 20} %" for number in range(5)},
    "difficulty_single": "n = 1",
}
"""Bins of difficulty as a line in a figure has room for."""
ROLES = {"stated": "accent", "returned": "text", "most_voted": "quiet"}


@dataclass(frozen=True, slots=True)
class Figure:
    """How a section's figure is read, drawn and told as a table."""

    read: Callable[[Scope], Any]
    draw: Callable[[Any, Scope], dict[str, Any]]
    tabulate: Callable[[Any, Scope], Table]


def discarded_figure(section: Section, scope: Scope) -> dict[str, Any]:
    """Return bars: the nodes of each reason, and of each fate of what was not discarded."""
    rows = [*section.tables[0].rows, *section.tables[1].rows]
    names = {row.label: _label(row) for row in rows}
    figure = go.Figure(layout=BARE | {"barmode": "stack"})
    for row in reversed(rows):
        nodes = _value(row, "discarded.nodes")
        role = row.label if row.label in FATES else Fate.DISCARDED.value
        figure.add_trace(
            go.Bar(
                x=[nodes],
                y=[names[row.label]],
                orientation="h",
                meta={"role": role},
                hovertemplate="%{y}: %{x:,}<extra></extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": {"text": gettext("nodes")}, **PLAIN}, yaxis={"automargin": True}
    )
    said = [f"{names[row.label]} {_value(row, 'discarded.nodes'):,}" for row in rows]
    empty = None if rows else gettext("None of these runs discarded anything.")
    told = gettext("Nodes: {told}.").format(told=", ".join(said))
    return describe(figure, said=told, empty=empty)


def effort_figure(section: Section, scope: Scope) -> dict[str, Any]:
    """Return accuracy by third of effort: of all runs with its interval, and in each bin of difficulty."""
    whole, bins = section.tables
    thirds = [str(LABELS[f"third_{number}"]) for number in range(3)]
    figure = go.Figure(layout=BARE)
    for row in bins.rows if len(bins.rows) > 1 else ():
        name = SHORT.get(row.label, "")
        figure.add_trace(_accuracies(name, thirds, row.facts[2:], is_whole=False))
    labels = [_label(row) for row in whole.rows]
    facts = [row.facts[1] for row in whole.rows]
    figure.add_trace(_accuracies("", labels, facts, is_whole=True))
    words = gettext("in thirds by {measure}").format(measure=MEASURES[scope.measure.value])
    figure.update_layout(
        xaxis={"title": {"text": words}, "categoryarray": thirds, "categoryorder": "array"},
        yaxis={"title": {"text": gettext("right")}, **SHARES},
    )
    said = [f"{name} {_shown(fact)}" for name, fact in zip(labels, facts, strict=True)]
    told = gettext(
        "Right, all tasks together: {told}. Thin lines are tasks of like difficulty, by the share that is right."
    ).format(told=", ".join(said))
    empty = None if whole.rows else gettext("Of no run both outcome and amount are known.")
    return describe(figure, said=told, empty=empty)


def _accuracies(
    name: str, labels: Sequence[str], facts: Sequence[Fact], *, is_whole: bool
) -> go.Scatter:
    return go.Scatter(
        x=labels,
        y=[_number(fact) for fact in facts],
        error_y=_bars(facts) if is_whole else None,
        mode="lines+markers" if is_whole else "lines+markers+text",
        text=["", name, ""],
        textposition="top center",
        line={"width": 3 if is_whole else 1, "dash": "solid" if is_whole else "dot"},
        meta={"role": "accent" if is_whole else "quiet"},
        hovertemplate=f"{name} %{{x}}: %{{y:.1%}}<extra></extra>",
        cliponaxis=False,
    )


def calibration_figure(section: Section, scope: Scope) -> dict[str, Any]:
    """Return the reliability diagram: accuracy against confidence, beside the diagonal on which both are equal."""
    figure = go.Figure(layout=BARE)
    figure.add_trace(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"width": 1, "dash": "dot"},
            meta={"role": "quiet"},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    said = []
    for table in section.tables:
        said.append(
            f"{WORDS[table.key].label}: {WORDS['calibration.ece'].label} {_three(table.facts[0])}"
        )
        figure.add_trace(_reliability(table))
    axis = {"automargin": True, "range": [0, 1.02]}
    figure.update_layout(
        xaxis={"title": {"text": gettext("confidence")}, **axis},
        yaxis={"title": {"text": gettext("right")}, **SHARES},
        showlegend=len(section.tables) > 1,
        # Their ends lie close together: names beside them would lie over each other.
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
    )
    empty = None if section.tables else gettext("Of no run both confidence and outcome are known.")
    return describe(figure, said="; ".join(said) + ".", empty=empty)


def _reliability(table: Told) -> go.Scatter:
    facts = [row.facts[1] for row in table.rows]
    name = str(WORDS[table.key].label)
    return go.Scatter(
        x=[_number(row.facts[0]) for row in table.rows],
        y=[_number(fact) for fact in facts],
        error_y=_bars(facts),
        mode="lines+markers",
        line={"width": 1},
        marker={"size": 8},
        name=name,
        meta={"role": ROLES[table.key.rpartition(".")[2]]},
        customdata=[fact.n for fact in facts],
        hovertemplate=f"{name}<br>%{{x:.2f}}: %{{y:.1%}}, n = %{{customdata}}<extra></extra>",
        cliponaxis=False,
    )


def _bars(facts: Sequence[Fact]) -> dict[str, Any]:
    values = [(_number(fact) or 0.0, fact.interval) for fact in facts]
    return {
        "type": "data",
        "symmetric": False,
        "array": [interval.high - value if interval else 0 for value, interval in values],
        "arrayminus": [value - interval.low if interval else 0 for value, interval in values],
        "thickness": 1,
        "width": 4,
    }


def section_table(section: Section, scope: Scope) -> Table:
    """Return the rows of all tables of a section, each figure a column."""
    tables = [table for table in section.tables if table.rows]
    columns = list(dict.fromkeys(fact.key for table in tables for fact in table.rows[0].facts))
    heads = {gettext("Table"): Unit.TEXT, gettext("Row"): Unit.TEXT}
    heads |= {f"{WORDS[key].label}": Unit.NUMBER for key in columns}
    rows = [
        (str(WORDS[table.key].label), _label(row), *_cells(row, columns))
        for table in tables
        for row in table.rows
    ]
    return Table(heads=heads, rows=rows, order=gettext("as they stand in the section"))


def _cells(row: Row, columns: Sequence[str]) -> Iterator[Any]:
    known = {fact.key: fact.value for fact in row.facts}
    for key in columns:
        value = known.get(key)
        yield None if isinstance(value, Undefined) else value


def _value(row: Row, key: str) -> Any:
    return next(fact.value for fact in row.facts if fact.key == key)


def _number(fact: Fact) -> float | None:
    return None if fact.value is None or isinstance(fact.value, Undefined) else float(fact.value)


def _shown(fact: Fact) -> str:
    value = _number(fact)
    return gettext("undefined") if value is None else f"{value:.0%}"


def _three(fact: Fact) -> str:
    value = _number(fact)
    return gettext("undefined") if value is None else f"{value:.3f}"


def _label(row: Row) -> str:
    return str(LABELS[row.label]) if row.label in LABELS else spoken(row.label)


FIGURES = {
    discarded.KEY: Figure(discarded.read, discarded_figure, section_table),
    effort.KEY: Figure(effort.read, effort_figure, section_table),
    calibration.KEY: Figure(calibration.read, calibration_figure, section_table),
    tail.KEY: Figure(tail.read_curve, tail_figure, curve_table),
    tiers.KEY: Figure(tiers.read_curve, lorenz_figure, curve_table),
}
