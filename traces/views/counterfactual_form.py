"""What the address of "What would it have answered?" asks for, read."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import isfinite

from django.http import QueryDict
from django.utils.translation import gettext

from traces.analytics.normalisers import Normaliser
from traces.queries.what_if import Asked, WhatIf
from traces.views.run_filter_form import Unreadable

LONGEST_NUMBER = 9
LONGEST_AMOUNT = 40
LONGEST_NAME = 1_000


def read_asked(asked: QueryDict) -> Asked:
    """Return what an address asks for; what it leaves out is as recorded. Raises Unreadable."""
    rule, normaliser = asked.get("rule") or None, asked.get("normaliser") or None
    by = asked.get("by") or None
    if rule is not None and rule not in set(WhatIf):
        raise Unreadable(_known("rule", [each.value for each in WhatIf]))
    if normaliser is not None and normaliser not in set(Normaliser):
        raise Unreadable(_known("normaliser", [each.value for each in Normaliser]))
    if by is not None and (len(by) > LONGEST_NAME or "\x00" in by):
        raise Unreadable(gettext("by is no name of a verifier."))
    return Asked(
        rule=WhatIf(rule) if rule else None,
        n=_count(asked, "n"),
        width=_count(asked, "beam"),
        threshold=_number(asked, "threshold"),
        cap=_amount(asked, "budget"),
        normaliser=Normaliser(normaliser) if normaliser else Normaliser.RECORDED,
        by=by,
    )


def _known(name: str, words: list[str]) -> str:
    return gettext("{name} must be one of: {known}.").format(name=name, known=", ".join(words))


def _count(asked: QueryDict, name: str) -> int | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    if not is_number or int(text) < 1:
        raise Unreadable(gettext("{name} must be a whole number from 1 on.").format(name=name))
    return int(text)


def _number(asked: QueryDict, name: str) -> float | None:
    amount = _amount(asked, name)
    found = None if amount is None else float(amount)
    if found is not None and not isfinite(found):
        raise Unreadable(gettext("{name} must be a number.").format(name=name))
    return found


def _amount(asked: QueryDict, name: str) -> Decimal | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    try:
        found = Decimal(text) if len(text) <= LONGEST_AMOUNT else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Unreadable(gettext("{name} must be a number.").format(name=name))
    return found
