"""What a person filled in to put a policy of approval in force, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from traces.actions.conflict import Unfit
from traces.actions.keep_policy import Terms
from traces.queries.approval_policies import PolicyRow
from traces.templatetags.policy_words import lasting
from traces.views.lasting import SENTENCE, read_lasting
from traces.views.policy_versions import read_whole
from traces.views.unfit_words import tell_unfit

MAX_CHARS = 300
NAMES = (
    "name", "tool", "side_effect", "risk", "needed", "waits", "escalate_to", "escalate_after", "replaces",
)  # fmt: skip
FIELDS = {"timeout_seconds": "waits", "escalate_after_seconds": "escalate_after"}
"""Of what the action checks, what the form calls otherwise."""
BLANK = {"needed": "1", "replaces": "0"}


@dataclass(slots=True)
class ApprovalPolicyForm:
    """The texts of the form's fields, and sentences on those that cannot be taken, by field.

    `replaces` is the version that the page showed in force, so that nobody's later one is replaced unseen.
    """

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls) -> ApprovalPolicyForm:
        """Return the form for a policy that is not there yet."""
        return cls(dict.fromkeys(NAMES, "") | BLANK)

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> ApprovalPolicyForm:
        """Return the form as it was sent."""
        return cls({name: sent.get(name, "")[:MAX_CHARS].strip() for name in NAMES})

    @classmethod
    def to_change(cls, row: PolicyRow) -> ApprovalPolicyForm:
        """Return the form for the next version of a policy, filled in with what is in force."""
        after = row.escalate_after_seconds
        return cls(
            {
                "name": row.name,
                "tool": row.tool or "",
                "side_effect": row.side_effect or "",
                "risk": row.risk or "",
                "needed": str(row.needed),
                "waits": lasting(row.timeout_seconds),
                "escalate_to": row.escalate_to or "",
                "escalate_after": "" if after is None else lasting(after),
                "replaces": str(row.version),
            }
        )

    @property
    def is_change(self) -> bool:
        """Whether there is a version that this one is to replace."""
        return self.replaces() != 0

    def replaces(self) -> int:
        """Return the version that the page showed in force, 0 for none."""
        return read_whole(self.values["replaces"]) or 0

    def read(self) -> Terms | None:
        """Return what the policy says; None when there are errors, which are noted then."""
        needed = read_whole(self.values["needed"])
        if needed is None:
            self.errors["needed"] = gettext("How many people must agree is a number, such as 1.")
        waits, after = self._seconds("waits"), self._seconds("escalate_after")
        if bool(self.values["escalate_to"]) is not bool(self.values["escalate_after"]):
            self.errors["escalate_after"] = gettext(
                "Say both who is asked next and when, or neither."
            )
        if self.errors:
            return None
        return Terms(
            name=self.values["name"],
            tool=self.values["tool"] or None,
            side_effect=self.values["side_effect"] or None,
            risk=self.values["risk"] or None,
            needed=needed or 0,
            timeout_seconds=waits,
            escalate_to=self.values["escalate_to"] or None,
            escalate_after_seconds=after,
        )

    def note(self, unfit: Unfit) -> None:
        """Note what the action could not take."""
        name = FIELDS.get(unfit.field, unfit.field)
        self.errors[name] = tell_unfit(unfit, field=name)

    def _seconds(self, name: str) -> int | None:
        text = self.values[name]
        if not text:
            return None
        seconds = read_lasting(text)
        if seconds is None:
            self.errors[name] = str(SENTENCE)
        return seconds
