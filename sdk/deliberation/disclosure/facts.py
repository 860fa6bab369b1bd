"""Which facts of few entries the answers use, and how little of each is kept.

The facts of a bundle are whatever somebody wrote into it, so a fact of another shape than its event has is passed over,
and nothing is kept longer than a sentence has room for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST = 200
"""Characters of a name or an id: two that differ later only are taken for one."""
MOST_ITEMS = 20
"""Of a list or a map."""


class Kept(NamedTuple):
    """Which facts of a kind are kept. An entry without all that it `needs` is counted and said nothing of."""

    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


ABOUT_APPROVALS = (
    "approval.requested",
    "approval.decided",
    "approval.closed",
    "permit.consumed",
    "permit.refused",
)
LISTS, MAPS = ("models",), ("budgets", "soft_budgets")
SAID = ("note.written", "tags.changed", "rating.given", "run.signed_off")
STARTED = ("strategy", "effort", "tier", "high_compute", "models", "budgets", "soft_budgets")

KEPT: dict[str, Kept] = {
    "run.opened": Kept(("source",)),
    "run.started": Kept((), (*STARTED, "replay_of", "replay_mode")),
    "run.ended": Kept(("state",), ("stop_reason",)),
    "run.quieted": Kept((), ("ended_at",)),
    "answer.selected": Kept((), ("rule",)),
    "strategy.set": Kept((), ("strategy",)),
    "gap.reported": Kept(("missing",)),
    "command.issued": Kept(("command", "command_kind", "by")),
    "command.staged": Kept(("command", "stage")),
    "budget.set": Kept(("dimension", "version", "by"), ("soft", "hard")),
    "budget.hit": Kept(("which", "dimension", "spent", "limit", "action")),
    "part.redacted": Kept(("entry",), ("rule", "by")),
    "content.expired": Kept(("before",)),
    "legal_hold.placed": Kept(("legal_hold",)),
    "legal_hold.lifted": Kept(("legal_hold",)),
    "approval.requested": Kept(("approval", "tool"), ("node",)),
    "approval.decided": Kept(("approval", "decision", "by"), ("asked",)),
    "approval.closed": Kept(("approval", "status")),
    "permit.consumed": Kept(("approval",)),
    "permit.refused": Kept(),
    "note.written": Kept(),
    "tags.changed": Kept(),
    "rating.given": Kept(),
    "run.signed_off": Kept(("outcome",)),
}
"""Kinds whose entries are few."""


def keep(kind: str, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is kept of an entry, None where a fact is missing without which it says nothing."""
    wanted = KEPT[kind]
    kept = {name: _short(name, facts.get(name)) for name in (*wanted.needs, *wanted.uses)}
    if any(kept[name] is None for name in wanted.needs):
        return None
    return {name: value for name, value in kept.items() if value is not None}


def text(facts: Mapping[str, Any], name: str) -> str | None:
    """Return a fact that is a text, cut; None where there is none."""
    value = facts.get(name)
    return value[:LONGEST] if isinstance(value, str) else None


def number(value: object) -> int | None:
    """Return a whole number that is written as one, or as its decimal text."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        is_plain = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST
        return int(value) if is_plain else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _short(name: str, value: object) -> Any:
    if name in LISTS:
        items = value if isinstance(value, list) else ()
        return [each[:LONGEST] for each in items if isinstance(each, str)][:MOST_ITEMS]
    if name in MAPS:
        pairs = value.items() if isinstance(value, dict) else ()
        words = [(key[:LONGEST], each[:LONGEST]) for key, each in pairs if isinstance(each, str)]
        return dict(words[:MOST_ITEMS])
    if isinstance(value, str):
        return value[:LONGEST]
    return value if isinstance(value, int) else None
