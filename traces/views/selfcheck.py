"""The page of the selfcheck: published figures beside those that came out of the public logs."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from traces.queries.selfchecks import FigureRow, last_selfcheck
from traces.queries.undefined_words import UNDEFINED
from traces.views.access import for_people
from traces.views.selfcheck_words import COUNTED, LOGS, STATUSES, definition_of

SHOWN_DIGITS = 4
NOTABLE = ("off", "explained")
"""What somebody who looks at two hundred figures wants to see first."""
MONEY = re.compile(r"(?<!gini)(?<!with)[._]cost(_case|_solved|_unsolved)?(\.|$)")
"""Names of figures that are dollars."""


@for_people
def selfcheck(request: HttpRequest) -> HttpResponse:
    """What the last check found, for everybody: it is all public."""
    found = last_selfcheck()
    groups = [
        (name, LOGS.get(name, name), [_shown(each) for each in rows])
        for name, rows in (found.groups if found else {}).items()
    ]
    counts = [
        (word, COUNTED[word] % {"n": count})
        for word, count in (found.counts if found else {}).items()
        if count
    ]
    notable = [
        (title, each) for _, title, rows in groups for each in rows if each["row"].status in NOTABLE
    ]
    context = {"check": found, "groups": groups, "counts": counts, "notable": notable}
    return render(request, "selfcheck/page.html", context)


def _shown(row: FigureRow) -> dict[str, Any]:
    unit = "$" if MONEY.search(row.name) else ""
    return {
        "row": row,
        "name": row.name.partition(".")[2],
        "published": None if row.source is None else unit + _value(row.published),
        "ours": _ours(row, unit),
        "definition": definition_of(row.name),
        "status": STATUSES.get(row.status, row.status),
        "note": gettext(row.note) if row.note else None,
        "source": gettext(row.source) if row.source else None,
    }


def _ours(row: FigureRow, unit: str) -> str:
    if row.undefined is not None:
        return str(UNDEFINED.get(row.undefined, row.undefined))
    return gettext("not recorded") if row.ours is None else unit + _value(row.ours)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(
            _value(each) if not isinstance(each, list) else f"({_value(each)})" for each in value
        )
    if isinstance(value, float):
        return f"{round(value, SHOWN_DIGITS):,}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "–" if value is None else _exact(str(value))


def _exact(text: str) -> str:
    """Return an exact amount, which JSON keeps as text, as other numbers are shown; any other text as it is."""
    try:
        return f"{round(Decimal(text), SHOWN_DIGITS).normalize():,f}"
    except InvalidOperation:
        return text
