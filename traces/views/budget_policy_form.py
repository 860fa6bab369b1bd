"""What a person filled in to put a policy of budgets in force, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Dimension, OnHit
from traces.actions.conflict import Unfit
from traces.actions.keep_budget_policy import BudgetTerms
from traces.actions.order import LIMITS
from traces.queries.budget_policies import BudgetPolicyRow
from traces.templatetags.budget_words import dimension_word
from traces.templatetags.fmt import exact
from traces.views.policy_versions import read_whole
from traces.views.unfit_words import tell_of, tell_unfit

MAX_CHARS = 300
NAMES = ("name", "strategy", "model", "tag", "replaces")
USUAL = {"hard": "", "on_hit": OnHit.STOP.value, "soft": "", "on_soft": OnHit.WARN.value}
"""Of each dimension, what a field that is left alone says."""
WHICH = {
    "hard": _("The hard limit of {what}"),
    "soft": _("The soft limit of {what}"),
    "on_hit": _("The word for the hard limit of {what}"),
    "on_soft": _("The word for the soft limit of {what}"),
    "": _("The limit of {what}"),
}


@dataclass(frozen=True, slots=True)
class LimitFields:
    """The fields of one dimension, as they are shown."""

    dimension: Dimension
    hard: str
    on_hit: str
    soft: str
    on_soft: str
    wrong: bool


@dataclass(slots=True)
class BudgetPolicyForm:
    """The texts of the form's fields, and sentences on those that cannot be taken, by field.

    `replaces` is the version that the page showed in force, so that nobody's later one is replaced unseen.
    """

    values: dict[str, str]
    limits: dict[Dimension, dict[str, str]]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls) -> BudgetPolicyForm:
        """Return the form for a policy that is not there yet."""
        return cls.of({})

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> BudgetPolicyForm:
        """Return the form as it was sent: `hard_usd`, `on_soft_tokens`, and so on."""
        return cls(
            {name: _text(sent, name) for name in NAMES},
            {each: _limit_sent(sent, each) for each in Dimension},
        )

    @classmethod
    def to_change(cls, row: BudgetPolicyRow) -> BudgetPolicyForm:
        """Return the form for the next version of a policy, filled in with what is in force."""
        words = {name: getattr(row, name) or "" for name in ("name", "strategy", "model", "tag")}
        form = cls(words | {"replaces": str(row.version)}, {})
        for dimension in Dimension:
            said, form.limits[dimension] = row.limits.get(dimension), dict(USUAL)
            if said is not None:
                form.limits[dimension] = {
                    "hard": "" if said.hard is None else exact(said.hard),
                    "on_hit": said.on_hit.value,
                    "soft": "" if said.soft is None else exact(said.soft),
                    "on_soft": said.on_soft.value,
                }
        return form

    @property
    def is_change(self) -> bool:
        """Whether there is a version that this one is to replace."""
        return self.replaces() != 0

    def replaces(self) -> int:
        """Return the version that the page showed in force, 0 for none."""
        return read_whole(self.values["replaces"]) or 0

    def rows(self) -> list[LimitFields]:
        """Return the fields of each dimension."""
        return [
            LimitFields(each, **self.limits[each], wrong=each.value in self.errors)
            for each in Dimension
        ]

    def terms(self) -> BudgetTerms:
        """Return what the policy says. Nothing of it is checked."""
        return BudgetTerms(
            name=self.values["name"],
            strategy=self.values["strategy"] or None,
            model=self.values["model"] or None,
            tag=self.values["tag"] or None,
            limits={
                dimension.value: _said(fields)
                for dimension, fields in self.limits.items()
                if any(fields[which] for which in LIMITS)
            },
        )

    def note(self, unfit: Unfit) -> None:
        """Note what the action could not take."""
        _, _, path = unfit.field.partition("limits.")
        name, _, which = path.partition(".")
        if name:
            subject = WHICH.get(which, WHICH[""]).format(what=dimension_word(name))
            self.errors[name] = tell_of(subject, unfit.sentence)
        elif unfit.field == "limits":
            self.errors["limits"] = gettext("Name at least one limit.")
        else:
            self.errors[unfit.field] = tell_unfit(unfit)


def _text(sent: Mapping[str, str], name: str) -> str:
    return sent.get(name, "")[:MAX_CHARS].strip()


def _limit_sent(sent: Mapping[str, str], dimension: Dimension) -> dict[str, str]:
    found = {which: _text(sent, f"{which}_{dimension.value}") for which in USUAL}
    return {which: said or USUAL[which] for which, said in found.items()}


def _said(fields: Mapping[str, str]) -> dict[str, str]:
    amounts = {which: fields[which].removeprefix("$").strip() for which in LIMITS if fields[which]}
    return amounts | {which: fields[which] for which in ("on_hit", "on_soft")}
