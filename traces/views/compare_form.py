"""What the address of a comparison of runs asks for, read: which two, and which of their lines."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from traces.queries.access import NotVisible, as_uuid
from traces.queries.aligned_lines import Stretch
from traces.views.run_filter_form import Unreadable

LINE_NAMES = {"inside": "in", "start": "from", "last": "to"}
"""What bounds a stretch of lines → how addresses call it."""


@dataclass(frozen=True, slots=True)
class CompareForm:
    """Up to two runs, in order, with how their lines are shown; `is_ticked` where they were chosen in a list.

    `is_awaited` says that whoever asks has been told that it takes long.
    """

    runs: tuple[uuid.UUID, ...]
    stretch: Stretch
    only_differences: bool
    is_ticked: bool
    is_awaited: bool

    @classmethod
    def of(cls, asked: QueryDict) -> CompareForm:
        """Return the form as an address fills it in. Raises Unreadable."""
        named = [str(word) for word in (asked.get("a"), asked.get("b")) if word]
        ticked = [word for word in asked.getlist("tick") if word]
        if len(named + ticked) > 2:
            sentence = gettext("Two runs are compared: tick two; {count} came.")
            raise Unreadable(sentence.format(count=len(named + ticked)))
        if asked.get("only") not in (None, "", "differences"):
            raise Unreadable(gettext("only is differences, or is left out."))
        stretch = {name: asked.get(word) or None for name, word in LINE_NAMES.items()}
        return cls(
            runs=tuple(_run_id(word) for word in named + ticked),
            stretch=Stretch(**stretch),
            only_differences=asked.get("only") == "differences",
            is_ticked=bool(ticked),
            is_awaited=asked.get("wait") == "1",
        )

    @property
    def is_pair(self) -> bool:
        """Whether two runs are named; it may be the same one twice."""
        return len(self.runs) == 2

    @property
    def is_whole(self) -> bool:
        """Whether all lines are asked for, from the first on."""
        return self.stretch == Stretch()

    def address(self, **other: str | None) -> str:
        """Return the query that names the runs, and what is given; None leaves it out."""
        said = {"a": str(self.runs[0]), "b": str(self.runs[-1])}
        said |= {"only": "differences"} if self.only_differences else {}
        return urlencode({name: word for name, word in {**said, **other}.items() if word})


def _run_id(word: str) -> uuid.UUID:
    try:
        return as_uuid(word)
    except NotVisible:
        raise Unreadable(gettext("a and b are the ids of two runs.")) from None
