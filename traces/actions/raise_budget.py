"""Raise the limits of a run: by a command, or by the use of a permit that the program asked for.

Guarantee: the limits are set, and the holds of those before lifted, in the transaction that records the command or the
permit's use. Each is a version of its own, with who, why and when; what is not named of a limit stays as it was. What
is no raise sets nothing: a command that would lower is refused unless it says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_noop

from deliberation.events import CommandStaged, Event
from deliberation.vocabulary import BudgetSource, CommandStage, Dimension, Limit
from deliberation.vocabulary.budget import DIMENSIONS, RAISE_TOOL
from traces.actions.conflict import Unfit
from traces.actions.given import Given
from traces.actions.order import LIMITS, MAX_REASON_CHARS, check_limit
from traces.actions.set_limit import Setting, line_of, raise_limit
from traces.actions.tell_run import control_key
from traces.projection.states import RunState
from traces.queries.approvals import ApprovalRow
from traces.queries.holds import read_holds

Named = dict[str, Any]
"""Which of the two limits is set, and to what amount."""
HELD_HERE = "no program holds the run: its limits are held here, on what is recorded"

LOWER = gettext_noop("; see allow_lower")
"""How the refusal of a lower limit ends, for whoever sends one; a form has a box for it."""


def raise_by_command(given: Given) -> Iterator[Event]:
    """Yield what follows from a command. Raises Unfit for a limit that is lower than the one that stands."""
    how = Setting(
        source=BudgetSource.COMMAND,
        by=given.by,
        now_ns=given.now_ns,
        reason=given.order.reason,
        command=given.order.command_id,
    )
    for name, said in sorted((given.order.budgets or {}).items()):
        named = _amounts(said)
        stands = _standing(given.run, Dimension(name))
        if not given.order.allow_lower:
            _check_raise(name, stands, named)
        limit = replace(stands, **named)
        yield from raise_limit(given.run, Dimension(name), limit, how, given.standing.holds)
    if not given.run.attempt:
        yield _applied_here(given)


def raise_by_permit(
    run: RunState, approval: ApprovalRow, *, by: str, now_ns: int
) -> Iterator[Event]:
    """Yield what follows when a program uses a permit, in the name of whoever agreed, else of `by`.

    Nothing where it is for anything else, or its arguments are no raise of a limit.
    """
    asked = _asked(approval)
    if asked is None:
        return
    dimension, named, reason = asked
    stands = _standing(run, dimension)
    if not _is_raise(stands, named):
        return
    last = approval.last
    how = Setting(
        source=BudgetSource.COMMAND,
        by=by if last is None else last.by,
        now_ns=now_ns,
        reason=(last and last.reason) or reason,
    )
    holds = read_holds(run.id, only_open=True)
    yield from raise_limit(run, dimension, replace(stands, **named), how, holds)


def _standing(run: RunState, dimension: Dimension) -> Limit:
    line = line_of(run, dimension)
    return Limit() if line is None else line.limit


def _check_raise(name: str, stands: Limit, named: Named) -> None:
    for which, amount in named.items():
        before = getattr(stands, which)
        if before is not None and amount < before:
            raise Unfit(
                f"budgets.{name}.{which}",
                gettext("is below the {before} that stands").format(before=f"{before:f}")
                + gettext(LOWER),
            )


def _is_raise(stands: Limit, named: Named) -> bool:
    before = [(getattr(stands, which), amount) for which, amount in named.items()]
    known = [(was, amount) for was, amount in before if was is not None]
    return bool(known) and all(amount > was for was, amount in known)


def _asked(approval: ApprovalRow) -> tuple[Dimension, Named, str | None] | None:
    if approval.tool != RAISE_TOOL:
        return None
    try:
        said: Any = json.loads(approval.shown_arguments or "null")
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("dimension") not in DIMENSIONS:
        return None
    named = {which: str(said[which]) for which in LIMITS if said.get(which) is not None}
    try:
        for which, amount in named.items():
            check_limit(which, amount)
    except Unfit:
        return None
    reason = said.get("reason")
    why = reason[:MAX_REASON_CHARS] if isinstance(reason, str) else None
    return Dimension(said["dimension"]), _amounts(named), why


def _amounts(said: Mapping[str, str]) -> Named:
    return {which: Decimal(amount) for which, amount in said.items()}


def _applied_here(given: Given) -> CommandStaged:
    command_id = given.order.command_id
    return CommandStaged(
        run=given.run_id,
        key=control_key("cmd", command_id, CommandStage.APPLIED.value),
        at=given.now_ns,
        command=command_id,
        stage=CommandStage.APPLIED,
        detail=HELD_HERE,
    )
