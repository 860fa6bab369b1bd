"""What an address of the project's analytics asks for: the filters of the list of runs, and how they are looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from traces.queries.over_runs.scope import DEFAULT_TIMES, Grouping, Measure, Scope
from traces.templatetags.over_runs import CELL
from traces.views.run_filter_form import MAX_CHARS, RunFilterForm, Unreadable

MOST_TIMES = 1000
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsForm:
    """What was asked; `runs` is what the list of runs would be narrowed by."""

    runs: RunFilterForm
    measure: Measure
    grouping: Grouping
    times: int

    @classmethod
    def of(cls, request: HttpRequest) -> AnalyticsForm:
        """Return the form as an address fills it in. Raises Unreadable."""
        asked = {name: value for name, value in request.GET.dict().items() if name != "sort"}
        return cls(
            runs=RunFilterForm.of(asked),
            measure=_chosen(request, "measure", Measure, Measure.COST),
            grouping=_chosen(request, "by", Grouping, Grouping.TIER),
            times=_times(request.GET.get("times", "")),
        )

    @property
    def address(self) -> str:
        """The query of the address that says the same, without what is usual."""
        values = dict(self.runs.values)
        if self.measure is not Measure.COST:
            values["measure"] = self.measure.value
        if self.grouping is not Grouping.TIER:
            values["by"] = self.grouping.value
        if self.times != DEFAULT_TIMES:
            values["times"] = str(self.times)
        return urlencode(values)

    def scope(self, request: HttpRequest) -> Scope:
        """Return which runs are asked about. Raises Unreadable."""
        return Scope(
            who=request.user,
            filters=self.runs.filters(dt.datetime.now(dt.UTC)),
            measure=self.measure,
            grouping=self.grouping,
            times=self.times,
        )


def read_cell(request: HttpRequest) -> dict[str, str]:
    """Return which of a section's runs an address means. Raises Unreadable."""
    cell = {
        name.removeprefix(CELL): value
        for name, value in request.GET.dict().items()
        if name.startswith(CELL)
    }
    if any(len(value) > MAX_CHARS for value in cell.values()):
        raise Unreadable(
            gettext("{name} is longer than {most} characters.").format(
                name=CELL.rstrip("_"), most=MAX_CHARS
            )
        )
    return cell


def _chosen(request: HttpRequest, name: str, choices: type[Word], usual: Word) -> Word:
    word = request.GET.get(name, "").strip()
    if not word:
        return usual
    try:
        return choices(word)
    except ValueError:
        known = ", ".join(each.value for each in choices)
        raise Unreadable(
            gettext("{name} must be one of: {known}.").format(name=name, known=known)
        ) from None


def _times(word: str) -> int:
    word = word.strip()
    if not word:
        return DEFAULT_TIMES
    if word.isascii() and word.isdecimal() and len(word) <= 4 and 1 < int(word) <= MOST_TIMES:
        return int(word)
    raise Unreadable(
        gettext("{name} is a whole number from {least} to {most}.").format(
            name="times", least=2, most=MOST_TIMES
        )
    )
