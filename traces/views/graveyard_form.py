"""What the address of a run's graveyard asks for, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext

from deliberation.vocabulary import DiscardReason
from traces.queries.access import is_storable
from traces.queries.discarded_paths import NOT_RECORDED, PathFilter
from traces.views.run_filter_form import Unreadable

REASONS = (*(reason.value for reason in DiscardReason), NOT_RECORDED)
LONGEST_NAME = 1_000
NAMES = ("reason", "by", "verifier", "wrongly")


@dataclass(frozen=True, slots=True)
class GraveyardForm:
    """What was asked, by name, as it stands in the address; what was left empty is left out."""

    values: dict[str, str]

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> GraveyardForm:
        """Return the form as an address fills it in. Raises Unreadable."""
        values = {name: asked[name] for name in NAMES if asked.get(name)}
        if values.get("reason", NOT_RECORDED) not in REASONS:
            raise Unreadable(
                gettext("reason must be one of: {known}.").format(known=", ".join(REASONS))
            )
        if values.get("wrongly", "1") != "1":
            raise Unreadable(gettext("wrongly is 1, or is left out."))
        for name in ("by", "verifier"):
            if len(values.get(name, "")) > LONGEST_NAME or not is_storable(values.get(name, "")):
                raise Unreadable(gettext("{name} is no name of one.").format(name=name))
        return cls(values)

    @property
    def filters(self) -> PathFilter:
        """What narrows the list."""
        return PathFilter(
            reason=self.values.get("reason"),
            by=self.values.get("by"),
            verifier=self.values.get("verifier"),
            wrongly="wrongly" in self.values,
        )

    def address(self, **other: str | None) -> str:
        """Return the query that says the same but for what is given; None leaves it out."""
        said = {**self.values, **other}
        return urlencode({name: value for name, value in said.items() if value is not None})
