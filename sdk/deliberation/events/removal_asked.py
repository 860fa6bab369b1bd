"""removal.asked"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.events.base import part as text_part
from deliberation.vocabulary import RedactionRule, RemovalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalAsked(Event):
    """Somebody asked that something be taken away though a legal hold stands: a second person decides."""

    KIND: ClassVar[str] = "removal.asked"

    request: str = required("The request's id.")
    by: str = required("Who asks: user:….")
    what: RemovalKind = required("What is to be taken away.")
    entry: int | None = fact("Of a text: its entry.")
    part: str | None = fact("Of a text: its name in that entry.")
    everywhere: bool | None = fact("Of a text: wherever in the run exactly the same one stands.")
    rule: RedactionRule | None = fact("Of a text: what sort of text it is.")
    basis: str | None = fact("By what right or duty. Stays for ever.")
    legal_hold: str | None = fact("The hold that is to be lifted.")
    reason: str | None = text_part("Why, in their words.")
