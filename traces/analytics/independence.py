"""How far a judging model stands from those whose work it judges, by their names and makers. Pure.

Nearest first, and never farther than what is known: two models of one maker count as one family, and of makers that are
not known nothing is said unless the names agree.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from deliberation.vocabulary import Independence

DATED = re.compile(r"[-@:]?(?:20\d\d-?\d\d-?\d\d|\d{4}|latest)$")
FAMILY = re.compile(r"[a-z]+")
NEAREST = tuple(Independence)


class Called(NamedTuple):
    """A model as it was called, and who served it."""

    model: str
    provider: str | None


def nearest(judges: Collection[Called], judged: Collection[Called]) -> Independence | None:
    """Return how near the nearest of the judges stands to any of the judged; None when nothing tells."""
    found = {distance(one, other) for one in judges for other in judged}
    return next((each for each in NEAREST if each in found), None)


def distance(one: Called, other: Called) -> Independence | None:
    """Return how near two models stand: the same one, of one family or maker, of two makers; None when unknown."""
    if _bare(one.model) == _bare(other.model):
        return Independence.SAME_MODEL
    if _family(one.model) is not None and _family(one.model) == _family(other.model):
        return Independence.SAME_FAMILY
    if one.provider is None or other.provider is None:
        return None
    same = one.provider.casefold() == other.provider.casefold()
    return Independence.SAME_FAMILY if same else Independence.OTHER_MODEL


def _bare(model: str) -> str:
    return DATED.sub("", model.casefold().rpartition("/")[2])


def _family(model: str) -> str | None:
    found = FAMILY.match(_bare(model))
    return found[0] if found and len(found[0]) > 1 else None
