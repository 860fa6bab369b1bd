"""tags.changed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsChanged(Event):
    """A person put tags on the run or took some off. What the program tells later does not undo it."""

    KIND: ClassVar[str] = "tags.changed"

    by: str = required("Who: user:… or key:….")
    added: list[str] | None = fact("Tags that the run has from now on.")
    removed: list[str] | None = fact("Tags that it has no longer, whoever put them there.")
