"""What the address of a page about verifiers asks for, read: the filters of the list of runs, and whose verdicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from math import isfinite
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from traces.queries.judgements import NO_VERSION, Judging, Truth
from traces.queries.run_filters import RunFilters
from traces.queries.verifier import Standing
from traces.queries.verifier_cells import Cell, NodeCell, Right
from traces.views.run_filter_form import RunFilterForm, Unreadable
from traces.views.run_list import refuse_address

LONGEST_NAME = 1_000
LONGEST_NUMBER = 40
JUDGING = ("version", "threshold", "truth")
NODES = ("cell", "right", "basis", "standing", "against", "against_version")
PLACES = ("cursor", "after")

STANDING_WORDS = ("kind", "independence", "saw_reference")
SAW = {"yes": True, "no": False, NO_VERSION: None}

Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class VerifierForm:
    """What was asked: of the runs, and of verdicts, by name, as it stands in the address; what is empty is left out."""

    runs: RunFilterForm
    values: dict[str, str]

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> VerifierForm:
        """Return the form as an address fills it in. Raises Unreadable."""
        names = (*JUDGING, *NODES, *PLACES)
        values = {name: asked[name].strip() for name in names if asked.get(name, "").strip()}
        for name, value in values.items():
            if len(value) > LONGEST_NAME:
                raise Unreadable(
                    gettext("{name} is longer than {most} characters.").format(
                        name=name, most=LONGEST_NAME
                    )
                )
        return cls(RunFilterForm.of(asked), values)

    def filters(self, now: dt.datetime) -> RunFilters:
        """Return which runs are counted. Raises Unreadable."""
        return self.runs.filters(now)

    def judging(self, verifier: str) -> Judging:
        """Return whose judgements are read. Raises Unreadable."""
        return Judging(
            verifier=verifier,
            version=self.values.get("version"),
            threshold=self._number("threshold"),
            truth=self._choice("truth", Truth),
        )

    def which(self) -> NodeCell:
        """Return which nodes are listed. Raises Unreadable."""
        return NodeCell(
            cell=self._choice("cell", Cell) or Cell.ALL,
            right=self._choice("right", Right),
            basis=self._choice("basis", Truth),
            standing=self._standing(),
            against=self.values.get("against"),
            against_version=self.values.get("against_version"),
        )

    @property
    def cursor(self) -> str | None:
        """Where counting goes on, in the order of runs."""
        return self.values.get("cursor")

    @property
    def after(self) -> str | None:
        """After which row a list goes on."""
        return self.values.get("after")

    def query(self, *kept: str, **changed: str | None) -> str:
        """Return the query of an address that asks for the same runs, of the rest for what is `kept`, and `changed`."""
        values = {**self.runs.values, **{name: self.values.get(name) for name in kept}, **changed}
        values.pop("sort", None)
        told = urlencode({name: value for name, value in values.items() if value})
        return f"?{told}" if told else ""

    def _choice(self, name: str, choices: type[Choice]) -> Choice | None:
        word = self.values.get(name)
        if word is None:
            return None
        try:
            return choices(word)
        except ValueError:
            known = ", ".join(each.value for each in choices)
            raise Unreadable(
                gettext("{name} must be one of: {known}.").format(name=name, known=known)
            ) from None

    def _standing(self) -> Standing | None:
        text = self.values.get("standing")
        if text is None:
            return None
        words = text.split(".")
        if len(words) != len(STANDING_WORDS) or words[-1] not in SAW:
            raise Unreadable(
                gettext("standing is kind.independence.yes, - for what is not recorded.")
            )
        kind, independence = (None if word == NO_VERSION else word for word in words[:2])
        return Standing(verifier_kind=kind, independence=independence, saw_reference=SAW[words[-1]])

    def _number(self, name: str) -> float | None:
        text = self.values.get(name)
        if text is None:
            return None
        try:
            found = float(text) if len(text) <= LONGEST_NUMBER else float("nan")
        except ValueError:
            found = float("nan")
        if not isfinite(found):
            raise Unreadable(gettext("{name} must be a number.").format(name=name))
        return found


def write_standing(standing: Standing) -> str:
    """Return a standing as an address names it."""
    saw = next(word for word, value in SAW.items() if value is standing.saw_reference)
    return f"{standing.verifier_kind or NO_VERSION}.{standing.independence or NO_VERSION}.{saw}"


def told_unreadable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers 400 with a sentence where an address asks for what is none."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Unreadable as wrong:
            return refuse_address(request, str(wrong))

    return answer
