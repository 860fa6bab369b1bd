"""Long texts by portions: what is shown, and the gaps that stand for what is not.

Places are characters of the text as it was recorded, from 0.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext

from deliberation.ledger.parts import bytes_to_text
from traces.analytics.json_outline import Members, read_members
from traces.queries.access import NotVisible, Who
from traces.queries.ledger import showable
from traces.queries.node import get_part

PORTION_CHARS = 64 * 1024
FOLDED_AT_MOST = 2 * 1024 * 1024
"""Bytes. To fold JSON it is read from end to end, which takes a second or two here at worst."""


class NoSuchRange(Exception):
    """The places are none of this text; the message says how long it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Characters from `start` to before `end` that are not shown."""

    start: int
    end: int

    @property
    def chars(self) -> int:
        """How many they are."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """A piece of a text, fit to show, of `length` characters in all; a gap before it or after it, where one is left."""

    text: str
    start: int
    end: int
    length: int
    before: Gap | None
    after: Gap | None


def read_portion(
    *,
    who: Who,
    run_id: str | uuid.UUID,
    node_id: str,
    part: str,
    start: int,
    end: int | None,
    at_end: bool,
) -> Portion:
    """Return the first portion of a range of a part's text, or its last with `at_end`. `end` None is the text's end.

    Raises NotVisible, also for a part that the node has not, and NoSuchRange.
    """
    data = get_part(who=who, run_id=run_id, node_id=node_id, part=part)
    if data is None:
        raise NotVisible
    text = bytes_to_text(data)
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise NoSuchRange(
            gettext("the text has {count} characters, numbered from 0").format(
                count=f"{len(text):,}"
            )
        )
    return cut_portion(text, start, end, at_end=at_end)


def cut_portion(text: str, start: int, end: int, *, at_end: bool) -> Portion:
    """Return a portion of the characters from `start` to before `end`."""
    first, last = start, min(end, start + PORTION_CHARS)
    if at_end:
        first, last = max(start, end - PORTION_CHARS), end
    return Portion(
        text=showable(text[first:last]),
        start=first,
        end=last,
        length=len(text),
        before=Gap(start=start, end=first) if first > start else None,
        after=Gap(start=last, end=end) if last < end else None,
    )


def read_folded(
    *, who: Who, run_id: str | uuid.UUID, node_id: str, part: str, start: int, end: int | None
) -> Members:
    """Return the members of JSON from a place on, after a bracket or at a member. Raises NotVisible and NoSuchRange."""
    data = get_part(who=who, run_id=run_id, node_id=node_id, part=part)
    if data is None:
        raise NotVisible
    if len(data) > FOLDED_AT_MOST:
        sentence = gettext("only texts up to {most} bytes are folded")
        raise NoSuchRange(sentence.format(most=f"{FOLDED_AT_MOST:,}"))
    text = showable(bytes_to_text(data))
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise NoSuchRange(
            gettext("the text has {count} characters, numbered from 0").format(
                count=f"{len(text):,}"
            )
        )
    return read_members(text, start, end)
