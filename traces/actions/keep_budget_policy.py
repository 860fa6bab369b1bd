"""Keep a policy of budgets: add it, change it by a new version, or end it. What was in force stays as history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from deliberation.vocabulary import Limit, OnHit, Strategy
from deliberation.vocabulary.budget import DIMENSIONS
from traces.actions.conflict import Unfit
from traces.actions.order import LIMITS, check_limit
from traces.actions.policy_versions import end_version, put_version
from traces.models import BudgetPolicy
from traces.queries.access import is_storable

STRATEGIES = tuple(each.value for each in Strategy)
WORDS = tuple(each.value for each in OnHit)
SAYS = (*LIMITS, "on_hit", "on_soft")
MAX_WORD_CHARS = 256
Said = Mapping[str, str]
"""Of one dimension: hard and soft limit as decimal strings, and what happens at each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetTerms:
    """What a policy says: limits by dimension, and for which runs. None matches any."""

    name: str
    limits: Mapping[str, Said]
    strategy: str | None = None
    model: str | None = None
    tag: str | None = None


def keep_budget_policy(
    *, project_id: int, terms: BudgetTerms, by: str, now: dt.datetime, replaces: int | None = None
) -> BudgetPolicy:
    """Put a policy in force. Raises Unfit. The same again is the version that stands; for `replaces` see `put_version`.

    Runs that it matches have its limits from their next event on; those that had an earlier version's keep them.
    """
    said = {
        "name": terms.name,
        "strategy": terms.strategy,
        "model": terms.model,
        "tag": terms.tag,
        "limits": _checked(terms),
    }
    return put_version(
        BudgetPolicy, project_id=project_id, said=said, by=by, now=now, replaces=replaces
    )


def end_budget_policy(
    *, project_id: int, name: str, by: str, now: dt.datetime, version: int | None = None
) -> BudgetPolicy:
    """End the version of a policy that is in force; with `version`, only that one. Raises NotVisible."""
    return end_version(
        BudgetPolicy, project_id=project_id, name=name, by=by, now=now, version=version
    )


def _checked(terms: BudgetTerms) -> dict[str, dict[str, str]]:
    """Return the limits in the form in which they are kept. Raises Unfit."""
    if terms.strategy not in (None, *STRATEGIES):
        raise Unfit(
            "strategy", gettext("must be one of {known}").format(known=", ".join(STRATEGIES))
        )
    for field in ("model", "tag"):
        word = getattr(terms, field)
        if word is not None and not (0 < len(word) <= MAX_WORD_CHARS and is_storable(word)):
            raise Unfit(
                field, gettext("must have 1 to {most} characters").format(most=MAX_WORD_CHARS)
            )
    if not terms.limits:
        raise Unfit("limits", gettext("name at least one dimension"))
    return {name: _limit(name, said) for name, said in sorted(terms.limits.items())}


def _limit(dimension: str, said: Said) -> dict[str, str]:
    field = f"limits.{dimension}"
    if dimension not in DIMENSIONS:
        raise Unfit(
            "limits", gettext("must be some of {known}").format(known=", ".join(DIMENSIONS))
        )
    if set(said) - set(SAYS) or not set(said) & set(LIMITS):
        raise Unfit(field, gettext("must have hard, soft or both, and may say on_hit and on_soft"))
    for which in LIMITS:
        if which in said:
            check_limit(f"{field}.{which}", said[which])
    for which in ("on_hit", "on_soft"):
        if said.get(which, WORDS[0]) not in WORDS:
            raise Unfit(
                f"{field}.{which}", gettext("must be one of {known}").format(known=", ".join(WORDS))
            )
    if "hard" in said and "soft" in said and Decimal(said["soft"]) > Decimal(said["hard"]):
        raise Unfit(f"{field}.soft", gettext("must not be above the hard limit"))
    return _kept(said)


def _kept(said: Said) -> dict[str, str]:
    amounts = {which: _plain(Decimal(said[which])) for which in LIMITS if which in said}
    usual = {"on_hit": Limit().on_hit.value, "on_soft": Limit().on_soft.value}
    return {**amounts, **{which: said.get(which, word) for which, word in usual.items()}}


def _plain(amount: Decimal) -> str:
    """Return an amount so that the same one is always the same text."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
