"""part.redacted"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.events.base import part as text_part
from deliberation.vocabulary import RedactionRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRedacted(Event):
    """A text of an earlier entry was deleted for good, with its salt; the entry's commitment to it stays.

    This server always says by whom and by what rule. A line needs the entry and the part alone, and bundles of others
    may have no more.
    """

    KIND: ClassVar[str] = "part.redacted"

    entry: int = required("The entry whose text it was.")
    part: str = required("The name of the text in that entry.")
    by: str | None = fact("Who had it deleted: user:….")
    rule: RedactionRule | None = fact("What sort of text it was.")
    basis: str | None = fact(
        "By what right or duty: a paragraph, a case, a policy. Stays for ever."
    )
    agreed_by: str | None = fact("Who agreed, where it took two people.")
    request: str | None = fact("The request that they agreed to.")
    reason: str | None = text_part("Why, in their words.")
