"""Which answers count as one: the normalisers that a vote can be counted with. Pure.

The normaliser moves the number: self-consistency at 100 on the Game of 24 is 9.0 % when answers are compared as their
last line stands, and 8.0 % without blanks and what follows an equals sign. So each has a name, and the name is part of
the result.
"""

from __future__ import annotations

import re
from enum import StrEnum

NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")
BLANK = re.compile(r"\s+")


class Normaliser(StrEnum):
    """How answers are made comparable."""

    RECORDED = "recorded"
    """As the source grouped them: its clusters, else its normalised answers, else the answers."""

    EXACT = "exact"
    """The answer as it stands; two that differ in a blank are two."""

    FOLDED = "folded"
    """Upper and lower case are one, blanks count as one, and none at the ends; nor a full stop."""

    EXPRESSION = "expression"
    """Without any blank, and without what follows the first equals sign: the left side of a result."""

    NUMBER = "number"
    """The last number in it: 1,200 and 1200.0 are one; an answer without a number has no vote."""


def normalise(answer: str | None, how: Normaliser) -> str | None:
    """Return what an answer is grouped by, None where it has none. RECORDED leaves it as it is."""
    if answer is None:
        return None
    if how is Normaliser.FOLDED:
        return BLANK.sub(" ", answer).strip(" .").casefold() or None
    if how is Normaliser.EXPRESSION:
        return BLANK.sub("", answer).partition("=")[0] or None
    if how is Normaliser.NUMBER:
        return _last_number(answer)
    return answer or None


def _last_number(answer: str) -> str | None:
    found = NUMBER.findall(answer)
    if not found:
        return None
    plain = str(found[-1]).replace(",", "").replace("−", "-")
    whole, _, fraction = plain.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    rest = fraction.rstrip("0")
    number = (digits.lstrip("0") or "0") + (f".{rest}" if rest else "")
    return number if number == "0" else sign + number
