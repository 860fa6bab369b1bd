"""What the address of a run's candidates asks for, read: order, page, columns, and two to compare."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from traces.queries.matrix import Ask
from traces.queries.matrix_order import CandidateOrder
from traces.views.run_filter_form import Unreadable

LONGEST_NUMBER = 9
LONGEST_ORDINAL = 18
LONGEST_NAME = 1_000
ORDERS = tuple(order.value for order in CandidateOrder)


@dataclass(frozen=True, slots=True)
class CandidateForm:
    """What was asked, with the address that says the same or a little else."""

    ask: Ask

    @classmethod
    def of(cls, asked: QueryDict) -> CandidateForm:
        """Return the form as an address fills it in. Raises Unreadable."""
        order = asked.get("sort") or CandidateOrder.PROPOSED.value
        if order not in ORDERS:
            raise Unreadable(
                gettext("sort must be one of: {known}.").format(known=", ".join(ORDERS))
            )
        verifier = asked.get("verifier") or None
        if (order == CandidateOrder.VERDICT) is not (verifier is not None):
            raise Unreadable(
                gettext("verifier names the one to sort by, with sort=verdict, and nothing else.")
            )
        if verifier is not None and (len(verifier) > LONGEST_NAME or "\x00" in verifier):
            raise Unreadable(gettext("verifier is no name of one."))
        return cls(
            Ask(
                order=CandidateOrder(order),
                verifier=verifier,
                page=max(1, _number(asked, "page", 1)),
                first_column=_number(asked, "column", 0),
            )
        )

    def address(self, **other: object) -> str:
        """Return the query that says the same but for what is given."""
        said = {
            "sort": self.ask.order.value,
            "verifier": self.ask.verifier,
            "page": self.ask.page,
            "column": self.ask.first_column,
        } | other
        usual = {"sort": CandidateOrder.PROPOSED.value, "verifier": None, "page": 1, "column": 0}
        return urlencode({name: value for name, value in said.items() if value != usual[name]})


def read_pair(asked: QueryDict) -> tuple[int, int] | None:
    """Return the two candidates that an address names, as `a` and `b` or ticked; None where it names none at all.

    Raises Unreadable for one, three, twice the same, or no number.
    """
    told = [asked.get(name) for name in ("a", "b")]
    named = [str(word) for word in [*told, *asked.getlist("tick")] if word]
    if not named:
        return None
    if len(named) != 2 or len(set(named)) != 2:
        raise Unreadable(
            gettext("Two candidates are compared: tick two; {len} came.").format(
                len=len(set(named))
            )
        )
    if not all(_is_number(word, LONGEST_ORDINAL) for word in named):
        raise Unreadable(gettext("a and b are the numbers of two candidates."))
    return int(named[0]), int(named[1])


def _number(asked: QueryDict, name: str, usual: int) -> int:
    word = asked.get(name) or str(usual)
    if not _is_number(word, LONGEST_NUMBER):
        raise Unreadable(gettext("{name} is a whole number.").format(name=name))
    return int(word)


def _is_number(word: str, digits: int) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= digits
