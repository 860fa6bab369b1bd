"""What somebody asks of a run, and whether it has the form that its kind needs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from deliberation.vocabulary import DIMENSIONS, ActorKind, CommandKind
from traces.actions.conflict import Unfit

COMMAND_ID = re.compile(r"[A-Za-z0-9._:-]{1,36}")
ESCALATED = "esc:"
"""Begins the ids of commands that the server issues: nobody else may take one away from it."""
MAX_REASON_CHARS = 2_000
MAX_MESSAGE_BYTES = 16 * 1024
MAX_HOLD_ID_CHARS = 55
MAX_LIMIT = Decimal(10) ** 12
MAX_SEQ = 2**63 - 1
LIMITS = ("hard", "soft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command as it was asked for.

    `message` belongs to steer, `hold_id` to resume, `budgets` (dimension → hard and soft limit as decimal strings)
    and `allow_lower` to raise_budget. `seen_seq` is the last entry that the asker had been shown.
    """

    command_id: str
    kind: CommandKind
    reason: str = ""
    seen_seq: int | None = None
    message: str | None = None
    hold_id: str | None = None
    budgets: Mapping[str, Mapping[str, str]] | None = None
    allow_lower: bool = False

    def payload(self, **found: Any) -> str | None:
        """Return what the kind needs as one JSON object of ASCII, or None when it needs nothing."""
        asked = {
            "message": self.message,
            "hold_id": self.hold_id,
            "budgets": self.budgets,
            "allow_lower": self.allow_lower or None,
            **found,
        }
        told = {name: value for name, value in asked.items() if value is not None}
        return json.dumps(told, sort_keys=True) if told else None


def check_order(order: Order, by: str) -> None:
    """Raise Unfit, with the field and a sentence, unless the order has the form that its kind needs."""
    if order.command_id.startswith(ESCALATED) and by.partition(":")[0] != ActorKind.SERVER.value:
        raise Unfit(
            "command_id",
            gettext("those that begin with {escalated} are the server's own").format(
                escalated=ESCALATED
            ),
        )
    if not COMMAND_ID.fullmatch(order.command_id):
        raise Unfit("command_id", gettext("must be 1 to 36 letters, digits and . _ : -"))
    if len(order.reason) > MAX_REASON_CHARS:
        raise Unfit(
            "reason", gettext("must have at most {most} characters").format(most=MAX_REASON_CHARS)
        )
    if order.seen_seq is not None and not 0 <= order.seen_seq <= MAX_SEQ:
        raise Unfit("seen_seq", gettext("must be the number of an entry"))
    _check_belonging(order)
    if order.kind is CommandKind.STEER:
        _check_message(order.message)
    if order.kind is CommandKind.RAISE_BUDGET:
        _check_budgets(order)
    if order.hold_id is not None and not 0 < len(order.hold_id) <= MAX_HOLD_ID_CHARS:
        raise Unfit(
            "hold_id", gettext("must have 1 to {most} characters").format(most=MAX_HOLD_ID_CHARS)
        )


BELONGS_TO = {
    "message": CommandKind.STEER,
    "hold_id": CommandKind.RESUME,
    "budgets": CommandKind.RAISE_BUDGET,
}


def _check_belonging(order: Order) -> None:
    # A message that came with a stop would be kept and never heard: better to say so.
    for field, kind in BELONGS_TO.items():
        if getattr(order, field) is not None and order.kind is not kind:
            raise Unfit(
                field,
                gettext("belongs to {word}, not to {kind}").format(
                    word=kind.value, kind=order.kind.value
                ),
            )


def _check_message(message: str | None) -> None:
    if not message or not message.strip():
        raise Unfit("message", gettext("say something to the program"))
    if len(message.encode("utf-8", "surrogatepass")) > MAX_MESSAGE_BYTES:
        raise Unfit(
            "message", gettext("must have at most {most} bytes").format(most=MAX_MESSAGE_BYTES)
        )


def _check_budgets(order: Order) -> None:
    if not order.reason.strip():
        raise Unfit("reason", gettext("say why the budget is raised"))
    if not order.budgets:
        raise Unfit("budgets", gettext("name at least one dimension"))
    for dimension, limits in order.budgets.items():
        if dimension not in DIMENSIONS:
            raise Unfit(
                "budgets", gettext("must be some of {known}").format(known=", ".join(DIMENSIONS))
            )
        if not limits or set(limits) - set(LIMITS):
            raise Unfit(f"budgets.{dimension}", gettext("must have hard, soft or both"))
        for name, limit in limits.items():
            check_limit(f"budgets.{dimension}.{name}", limit)


def check_limit(field: str, limit: str) -> None:
    """Raise Unfit unless it is an amount that a limit can be."""
    try:
        amount = Decimal(limit)
    except (InvalidOperation, TypeError, ValueError):
        raise Unfit(field, gettext("must be a decimal number")) from None
    if not amount.is_finite() or not 0 <= amount < MAX_LIMIT:
        raise Unfit(field, gettext("must be a decimal number from 0 to under 10^12"))
    if int(amount.as_tuple().exponent) < -18:
        raise Unfit(field, gettext("must have at most 18 digits after the point"))
