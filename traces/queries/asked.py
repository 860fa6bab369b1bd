"""What an address asks of a run's past, read: the words of the page and of the API are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import isfinite
from typing import TypeVar

from django.utils.translation import gettext

from traces.analytics.normalisers import Normaliser
from traces.queries.what_if import Asked, WhatIf

LONGEST_NUMBER = 9
LONGEST_AMOUNT = 40
LONGEST_NAME = 1_000

Word = TypeVar("Word", bound=StrEnum)


class Unaskable(Exception):
    """An address asks for something that is none; the message is a sentence."""


def read_asked(asked: Mapping[str, str | None]) -> Asked:
    """Return what is asked; what is left out is as recorded. Raises Unaskable.

    `budget` is in whatever the run is told in, `budget_usd` in dollars. Without a rule, what only one rule
    knows names it: a beam, a budget.
    """
    rule = one_of(asked, "rule", WhatIf)
    by = asked.get("by") or None
    if by is not None and (len(by) > LONGEST_NAME or "\x00" in by):
        raise Unaskable(gettext("by is no name of a verifier."))
    width, dollars = _count(asked, "beam"), _amount(asked, "budget_usd")
    cap = _amount(asked, "budget") if dollars is None else dollars
    if rule is None and width is not None:
        rule = WhatIf.SEARCH
    if rule is None and cap is not None:
        rule = WhatIf.CAP
    return Asked(
        rule=rule,
        n=_count(asked, "n"),
        width=width,
        threshold=_number(asked, "threshold"),
        cap=cap,
        cap_is_usd=dollars is not None,
        normaliser=one_of(asked, "normaliser", Normaliser) or Normaliser.RECORDED,
        by=by,
    )


def one_of(asked: Mapping[str, str | None], name: str, words: type[Word]) -> Word | None:
    """Return the word that is asked for, None where none is. Raises Unaskable for another."""
    text = asked.get(name) or None
    if text is None:
        return None
    known: Sequence[str] = [each.value for each in words]
    if text not in known:
        raise Unaskable(
            gettext("{name} must be one of: {known}.").format(name=name, known=", ".join(known))
        )
    return words(text)


def _count(asked: Mapping[str, str | None], name: str) -> int | None:
    text = (asked.get(name) or "").strip()
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    if not is_number or int(text) < 1:
        raise Unaskable(gettext("{name} must be a whole number from 1 on.").format(name=name))
    return int(text)


def _number(asked: Mapping[str, str | None], name: str) -> float | None:
    amount = _amount(asked, name)
    found = None if amount is None else float(amount)
    if found is not None and not isfinite(found):
        raise Unaskable(gettext("{name} must be a number.").format(name=name))
    return found


def _amount(asked: Mapping[str, str | None], name: str) -> Decimal | None:
    text = (asked.get(name) or "").strip()
    if not text:
        return None
    try:
        found = Decimal(text) if len(text) <= LONGEST_AMOUNT else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Unaskable(gettext("{name} must be a number.").format(name=name))
    return found
