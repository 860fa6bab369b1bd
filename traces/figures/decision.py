"""How a run came to its answer: the best answer so far against what had been spent, with what was done on the way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Dimension
from traces.analytics.amount_words import amount_words
from traces.analytics.decision import Rule
from traces.figures.drawing import BARE, PLAIN, describe
from traces.queries.decision import Answered, DecisionRow
from traces.queries.spoken import spoken

ANSWERS_SHOWN = 12
DOTS_AT_MOST = 1000
LABEL_CHARS = 28
OTHERS = _("other answers")
MARKS = _("what was done")
TITLES = {
    Dimension.USD: _("spent, $"),
    Dimension.TOKENS: _("tokens spent"),
    Dimension.MODEL_CALLS: _("model calls"),
}
RULES = {
    Rule.VOTES: _("the most votes so far"),
    Rule.VALUE: _("the highest value so far"),
    Rule.LATEST: _("the latest so far"),
}


def decision_figure(decision: DecisionRow) -> dict[str, Any]:
    """Return the figure: a line on the answer that is the best, a dot for each answer, a mark for what was done.

    What was spent after the answer stood fast is shaded.
    """
    empty = _lacks(decision)
    figure = go.Figure(layout=BARE | _axes(decision))
    if empty is None:
        rows = _rows(decision)
        figure.add_trace(_dots(decision, rows))
        figure.add_trace(_lead(decision, rows))
        if decision.marks:
            figure.add_trace(_marks(decision))
        figure.update_layout(shapes=_after(decision))
    return describe(figure, said=said_of(decision), empty=empty)


def words_of(dimension: Dimension | None, amount: Decimal | None) -> str | None:
    """Return an amount with its unit, None where it is not known."""
    if dimension is None or amount is None:
        return None
    words = amount_words(dimension, amount)
    return words if dimension is Dimension.USD else f"{words} {spoken(dimension.value)}"


def said_of(decision: DecisionRow) -> str:
    """Return the figure in sentences."""
    if not decision.leads or decision.rule is None:
        return ""
    flips = ngettext("{n} answer flip", "{n} answer flips", decision.flips or 0)
    told = [
        gettext("Best by {rule}: {flips} among {answers} answers").format(
            rule=RULES[decision.rule],
            flips=flips.format(n=f"{decision.flips:,}"),
            answers=f"{len(decision.answers):,}",
        )
    ]
    useful = words_of(decision.dimension, decision.last_useful)
    after = words_of(decision.dimension, decision.spent_after)
    if useful is not None:
        told.append(
            gettext(
                "The returned answer stood fast at {useful}; {after} were spent after that"
            ).format(useful=useful, after=after)
        )
    return ". ".join(told) + "."


def _lacks(decision: DecisionRow) -> str | None:
    if not decision.answers:
        return gettext("Not recorded: which answers there were on the way.")
    if decision.dimension is None:
        return gettext("Not recorded: what had been spent when each answer was there.")
    if decision.leads:
        return None
    return gettext("Not recorded: by what one answer was better than another.")


def _rows(decision: DecisionRow) -> dict[str, str]:
    """Return answer → the line of the figure that it has: those that were the best, the last of them, and the rest."""
    led = list(dict.fromkeys(lead.answer for lead in reversed(decision.leads)))[:ANSWERS_SHOWN]
    rows: dict[str, str] = {}
    for answer in led:
        label = _label(answer)
        # Two answers that begin alike are two lines.
        rows[answer] = f"{label} ({len(rows) + 1})" if label in rows.values() else label
    return rows


def _label(answer: str) -> str:
    line = " ".join(answer.split())
    return escape(line if len(line) <= LABEL_CHARS else line[: LABEL_CHARS - 1] + "…", quote=False)


def _dots(decision: DecisionRow, rows: dict[str, str]) -> go.Scatter:
    stride = max(1, -(-len(decision.answers) // DOTS_AT_MOST))
    shown = decision.answers[::stride]
    return go.Scatter(
        x=[_number(each.spent) for each in shown],
        y=[rows.get(each.answer, str(OTHERS)) for each in shown],
        customdata=[each.ordinal for each in shown],
        mode="markers",
        marker={"size": 7, "symbol": [_symbol(each) for each in shown], "opacity": 0.8},
        meta={"role": "kept"},
        text=[_told(each) for each in shown],
        hovertemplate=gettext("node") + " %{customdata} · %{text}<extra></extra>",
    )


def _symbol(answered: Answered) -> str:
    if answered.correct is None:
        return "circle-open"
    return "circle" if answered.correct else "x-thin-open"


def _told(answered: Answered) -> str:
    known = {
        True: gettext("right"),
        False: gettext("wrong"),
        None: gettext("not known whether right"),
    }[answered.correct]
    return f"{_label(answered.answer)}<br>{known}"


def _lead(decision: DecisionRow, rows: dict[str, str]) -> go.Scatter:
    leads = decision.leads
    return go.Scatter(
        x=[*(_number(each.spent) for each in leads), _number(decision.total)],
        y=[rows.get(each.answer, str(OTHERS)) for each in (*leads, leads[-1])],
        mode="lines",
        line={"shape": "hv", "width": 4},
        opacity=0.75,
        meta={"role": "accent"},
        hoverinfo="skip",
    )


def _marks(decision: DecisionRow) -> go.Scatter:
    placed = [each for each in decision.marks if each.spent is not None]
    return go.Scatter(
        x=[_number(each.spent) for each in placed],
        y=[str(MARKS)] * len(placed),
        mode="markers",
        marker={"size": 10, "symbol": "triangle-up"},
        meta={"role": "warning"},
        text=[f"{spoken(each.kind.value)}: {_label(each.about)}" for each in placed],
        hovertemplate="%{text}<extra></extra>",
    )


def _after(decision: DecisionRow) -> Sequence[dict[str, Any]]:
    if decision.last_useful is None or not decision.spent_after:
        return []
    return [
        {
            "type": "rect",
            "name": "quiet",
            "layer": "below",
            "x0": _number(decision.last_useful),
            "x1": _number(decision.total),
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {"width": 0},
        }
    ]


def _axes(decision: DecisionRow) -> dict[str, Any]:
    across = {**PLAIN, "rangemode": "tozero"}
    if decision.dimension is not None:
        across["title"] = {"text": str(TITLES[decision.dimension])}
    order = [str(MARKS), str(OTHERS), *_rows(decision).values()]
    return {
        "xaxis": across,
        "yaxis": {
            "type": "category",
            "automargin": True,
            "categoryorder": "array",
            "categoryarray": order,
        },
    }


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
