"""Keep a policy of approval: add it, change it by a new version, or end it. What was in force stays as history."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.conf import settings
from django.utils.translation import gettext

from deliberation.vocabulary import Risk, SideEffect
from traces.actions.conflict import Unfit
from traces.actions.policy_versions import end_version, put_version
from traces.actions.request_approval import MAX_NEEDED, MAX_TIMEOUT_SECONDS
from traces.models import ApprovalPolicy
from traces.models.access import Role
from traces.queries.access import is_storable

NEXT_ROLES = (Role.OPERATOR.value, Role.OWNER.value)
EFFECTS = tuple(each.value for each in SideEffect)
RISKS = tuple(each.value for each in Risk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a policy says; without `timeout_seconds` it waits as long as the settings say."""

    name: str
    tool: str | None = None
    side_effect: str | None = None
    risk: str | None = None
    needed: int = 1
    timeout_seconds: int | None = None
    escalate_to: str | None = None
    escalate_after_seconds: int | None = None


def keep_policy(
    *, project_id: int, terms: Terms, by: str, now: dt.datetime, replaces: int | None = None
) -> ApprovalPolicy:
    """Put a policy in force. Raises Unfit. The same again is the version that stands; `replaces` is `put_version`'s."""
    given = terms.timeout_seconds
    seconds = settings.APPROVAL_TIMEOUT_SECONDS if given is None else given
    _check(terms, seconds)
    said = {**asdict(terms), "timeout_seconds": seconds}
    return put_version(
        ApprovalPolicy, project_id=project_id, said=said, by=by, now=now, replaces=replaces
    )


def end_policy(
    *, project_id: int, name: str, by: str, now: dt.datetime, version: int | None = None
) -> ApprovalPolicy:
    """End the version of a policy that is in force; with `version`, only that one. Raises NotVisible."""
    return end_version(
        ApprovalPolicy, project_id=project_id, name=name, by=by, now=now, version=version
    )


def _check(terms: Terms, seconds: int) -> None:
    if terms.tool is not None and not (terms.tool and is_storable(terms.tool)):
        raise Unfit("tool", gettext("must be a tool's exact name"))
    if terms.side_effect not in (None, *EFFECTS):
        raise Unfit(
            "side_effect", gettext("must be one of {known}").format(known=", ".join(EFFECTS))
        )
    if terms.risk not in (None, *RISKS):
        raise Unfit("risk", gettext("must be one of {known}").format(known=", ".join(RISKS)))
    if not 1 <= terms.needed <= MAX_NEEDED:
        raise Unfit("needed", gettext("must be from 1 to {most}").format(most=MAX_NEEDED))
    if not 1 <= seconds <= MAX_TIMEOUT_SECONDS:
        raise Unfit(
            "timeout_seconds", gettext("must be from 1 to {most}").format(most=MAX_TIMEOUT_SECONDS)
        )
    _check_next(terms, seconds)


def _check_next(terms: Terms, seconds: int) -> None:
    role, after = terms.escalate_to, terms.escalate_after_seconds
    if role not in (None, *NEXT_ROLES):
        raise Unfit(
            "escalate_to", gettext("must be one of {known}").format(known=", ".join(NEXT_ROLES))
        )
    if (role is None) is not (after is None):
        raise Unfit("escalate_after_seconds", gettext("goes together with escalate_to"))
    if after is not None and not 1 <= after < seconds:
        raise Unfit(
            "escalate_after_seconds", gettext("must be less than the time that it waits at all")
        )
