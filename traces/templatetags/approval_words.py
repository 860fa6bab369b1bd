"""How approvals are written."""

from __future__ import annotations

import json
from typing import Any

from django import template

from deliberation.vocabulary import ApprovalStatus
from traces.queries.approvals import count_pending
from traces.templatetags.fmt import UNKNOWN

register = template.Library()
TONES = {
    ApprovalStatus.PENDING.value: "hold",
    ApprovalStatus.APPROVED.value: "done",
    ApprovalStatus.MODIFIED.value: "done",
    ApprovalStatus.REJECTED.value: "bad",
    ApprovalStatus.TERMINATED.value: "bad",
}
RISK_TONES = {"low": "outline", "medium": "hold", "high": "bad"}
SECOND = 1_000_000_000


@register.filter
def approval_tone(status: str) -> str:
    """Which chip a status is."""
    return TONES.get(status, "quiet")


@register.filter
def risk_tone(risk: str | None) -> str:
    """Which chip a risk is: what is unknown is no smaller than what is grave."""
    return RISK_TONES.get(risk or "", "bad")


@register.filter
def laid_out(arguments: str | None) -> str:
    """Arguments as people read them: each on a line. What is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(arguments or ""), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return arguments or ""


@register.filter
def time_left(expires_ns: int, now_ns: int) -> str:
    """How long something still waits: "54 min"."""
    seconds = max(0, expires_ns - now_ns) // SECOND
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


@register.filter
def took(ns: int | None) -> str:
    """How long somebody had an action before them."""
    return UNKNOWN if ns is None else f"{ns / SECOND:.1f} s"


@register.inclusion_tag("approvals/_badge.html", takes_context=True)
def pending_badge(context: Any) -> dict[str, int]:
    """How many actions wait for whoever looks at the page."""
    return {"pending": count_pending(who=context["user"])}
