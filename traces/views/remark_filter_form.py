"""What the address of a page of remarks asks for, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext

from traces.models.remark import KINDS
from traces.queries.remarks import RemarkFilter
from traces.views.run_filter_form import Unreadable

NAMES = ("node", "by", "kind", "thread")
MAX_CHARS = 300
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class RemarkFilterForm:
    """What was asked, by name, as it stands in the address; what was left empty is left out."""

    values: dict[str, str]

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> RemarkFilterForm:
        """Return the form as an address fills it in. Raises Unreadable."""
        values = {name: asked[name] for name in NAMES if asked.get(name)}
        for name, value in values.items():
            if len(value) > MAX_CHARS:
                raise Unreadable(f"{name} is longer than {MAX_CHARS} characters.")
        if values.get("kind", KINDS[0]) not in KINDS:
            sentence = gettext("{name} must be one of: {known}.")
            raise Unreadable(sentence.format(name="kind", known=", ".join(KINDS)))
        thread = values.get("thread", "0")
        if not (thread.isascii() and thread.isdecimal() and len(thread) <= MAX_DIGITS):
            raise Unreadable(gettext("thread is the number of an entry."))
        return cls(values)

    @property
    def filters(self) -> RemarkFilter:
        """Return what narrows the remarks."""
        values = self.values
        thread = values.get("thread")
        return RemarkFilter(
            node=values.get("node"),
            by=values.get("by"),
            kind=values.get("kind"),
            thread=None if thread is None else int(thread),
        )

    def address(self, **other: str | None) -> str:
        """Return the query of the address that says the same, but for what is said otherwise."""
        said = {**self.values, **other}
        return urlencode({name: value for name, value in said.items() if value is not None})
