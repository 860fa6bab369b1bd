"""What the server says of a run, read with nothing taken for granted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import DesiredState

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """One answer about one run. None and empty where it says nothing.

    `seq` grows with each thing that a runner must hear of; `attempt` is the one that holds the
    lease. Commands, holds, budgets, approvals, and the rules by which actions are to be asked about,
    are as the server sent them. `is_whole` is False for what was only overheard, in the answer to a
    post of events: it may be silent about decisions and limits that its `seq` already counts.
    """

    seq: int | None = None
    is_whole: bool = True
    desired: DesiredState | None = None
    commands: tuple[Plain, ...] = ()
    holds: tuple[Plain, ...] = ()
    budgets: tuple[Plain, ...] = ()
    approvals: tuple[Plain, ...] = ()
    rules: tuple[Plain, ...] | None = None
    attempt: int | None = None
    lease_seconds: float | None = None
    heartbeat_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a program finds at a checkpoint.

    `messages` are an operator's words to it, each handed out once, oldest first. `commands` are the
    last ones heard; `head` is the newest ledger head that the server gave away.
    """

    head: str | None = None
    desired_state: str | None = None
    commands: tuple[Plain, ...] = ()
    messages: tuple[str, ...] = ()


def read_word(plain: Plain) -> Word:
    """Return what an answer says; a member of another shape than it should have is left out."""
    lease = plain.get("lease")
    lease = lease if isinstance(lease, dict) else {}
    return Word(
        seq=_whole(plain.get("control_seq")),
        desired=_desired(plain.get("desired_state")),
        commands=_objects(plain.get("commands")),
        holds=_objects(plain.get("holds")),
        budgets=_objects(plain.get("budgets")),
        approvals=_objects(plain.get("approvals")),
        rules=_objects(plain["approval_rules"]) if "approval_rules" in plain else None,
        attempt=_whole(lease.get("attempt")),
        lease_seconds=_seconds(lease.get("seconds")),
        heartbeat_seconds=_seconds(lease.get("heartbeat_seconds")),
    )


def message_of(command: Plain) -> str | None:
    """Return the words of a steering command."""
    payload = command.get("payload")
    said = command.get("message") or (payload.get("message") if isinstance(payload, dict) else None)
    return said if isinstance(said, str) else None


def _desired(said: Any) -> DesiredState | None:
    try:
        return DesiredState(said)
    except ValueError:
        return None


def _objects(said: Any) -> tuple[Plain, ...]:
    return tuple(each for each in said if isinstance(each, dict)) if isinstance(said, list) else ()


def _whole(said: Any) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def _seconds(said: Any) -> float | None:
    is_number = isinstance(said, (int, float)) and not isinstance(said, bool)
    return float(said) if is_number and 0 < said < 3600 else None
