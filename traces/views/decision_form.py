"""What a person filled in to decide about an action, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from deliberation.vocabulary import Decision
from traces.actions.conflict import Unfit
from traces.actions.decide_approval import Ruling

NAMES = ("decision", "reason", "shown", "opened_at", "arguments")
MAX_CHARS = 300_000
MAX_NS_DIGITS = 19


@dataclass(slots=True)
class DecisionForm:
    """The texts of the form's fields. `shown` and `opened_at` were put there by the page that showed the action."""

    values: dict[str, str]

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> DecisionForm:
        """Return the form as it was sent."""
        return cls({name: sent.get(name, "")[:MAX_CHARS].strip() for name in NAMES})

    def ruling(self) -> Ruling:
        """Return what was decided. Raises Unfit."""
        try:
            decision = Decision(self.values["decision"])
        except ValueError:
            known = ", ".join(each.value for each in Decision)
            raise Unfit("decision", gettext("must be one of {known}").format(known=known)) from None
        opened = self.values["opened_at"]
        is_time = opened.isascii() and opened.isdigit() and len(opened) <= MAX_NS_DIGITS
        return Ruling(
            decision=decision,
            reason=self.values["reason"],
            shown=self.values["shown"] or None,
            opened_ns=int(opened) if is_time else None,
            arguments=self.values["arguments"] if decision is Decision.MODIFY else None,
        )
