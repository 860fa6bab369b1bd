"""What a person filled in to ask something of a run, read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from deliberation.vocabulary import CommandKind
from traces.actions.conflict import Unfit
from traces.actions.order import LIMITS, Order
from traces.actions.raise_budget import LOWER
from traces.templatetags.budget_words import dimension_word
from traces.views.unfit_words import tell_of, tell_unfit

MAX_CHARS = 20_000
NAMES = (
    "command_id", "seen_seq", "reason", "message", "hold_id", "dimension", "hard", "soft", "allow_lower",
)  # fmt: skip


@dataclass(slots=True)
class CommandForm:
    """The texts of a form's fields, and a sentence on what cannot be taken.

    The page that shows the form gives it its `command_id`: sent twice, by a double click, it is one command.
    """

    kind: CommandKind
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)

    @classmethod
    def fresh(cls, kind: CommandKind, *, seen_seq: int, **known: str) -> CommandForm:
        """Return an empty form for somebody who looks at the run as it stands after `seen_seq`."""
        made = {"command_id": str(uuid.uuid4()), "seen_seq": str(seen_seq)}
        return cls(kind, dict.fromkeys(NAMES, "") | made | known)

    @classmethod
    def of(cls, kind: CommandKind, sent: Mapping[str, str]) -> CommandForm:
        """Return the form as it was sent."""
        return cls(kind, {name: sent.get(name, "")[:MAX_CHARS].strip() for name in NAMES})

    def order(self) -> Order:
        """Return what is asked. Raises Unfit."""
        seen, is_number = self.values["seen_seq"], self.values["seen_seq"].isdecimal()
        if seen and not is_number:
            raise Unfit("seen_seq", gettext("must be the number of an entry"))
        return Order(
            command_id=self.values["command_id"],
            kind=self.kind,
            reason=self.values["reason"],
            seen_seq=int(seen) if seen else None,
            message=self.values["message"] or None if self.kind is CommandKind.STEER else None,
            hold_id=self.values["hold_id"] or None if self.kind is CommandKind.RESUME else None,
            budgets=self._budgets() if self.kind is CommandKind.RAISE_BUDGET else None,
            allow_lower=bool(self.values["allow_lower"]),
        )

    def note(self, unfit: Unfit) -> None:
        """Note what cannot be asked so."""
        field, _, path = unfit.field.partition(".")
        if field != "budgets":
            self.errors.append(tell_unfit(unfit))
            return
        name, _, which = path.partition(".")
        if not which:
            self.errors.append(
                gettext("Say what is limited, and a new hard limit, a new soft limit, or both.")
            )
            return
        sentence = unfit.sentence.replace(gettext(LOWER), gettext(": tick the box to lower it"))
        subject = (
            gettext("The soft limit of {what}")
            if which == "soft"
            else gettext("The hard limit of {what}")
        )
        self.errors.append(tell_of(subject.format(what=dimension_word(name)), sentence))

    def _budgets(self) -> dict[str, dict[str, str]]:
        amounts = {which: self.values[which].removeprefix("$").strip() for which in LIMITS}
        named = {which: amount for which, amount in amounts.items() if amount}
        return {self.values["dimension"]: named}
