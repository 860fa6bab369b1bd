"""One call as it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deliberation.control import NotApproved
from deliberation.events.fields import Invalid, reader_for
from deliberation.vocabulary import CallSort, Cost, NodeStatus, Usage

UNENDED = (NodeStatus.CANCELLED.value, NodeStatus.RUNNING.value)
_NOT_APPROVED = f"{NotApproved.__module__}.{NotApproved.__qualname__}"
TEXTS = ("arguments", "error", "model", "response_id", "finish_reason", "reasoning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was asked, and what came of it. `result` is a JSON value; `seq` and `ended_seq` are entries of its run."""

    key: str
    sort: CallSort
    name: str
    seq: int
    arguments: str | None = None
    ended_seq: int | None = None
    result: Any = None
    error: str | None = None
    raised: dict[str, Any] | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    model: str | None = None
    response_id: str | None = None
    finish_reason: str | None = None
    reasoning: str | None = None
    why_not: str | None = None

    @property
    def can_answer(self) -> bool:
        """True when the call can be answered from it."""
        return self.why_not is None

    @property
    def is_refusal(self) -> bool:
        """True when it was not done, because nobody agreed to it."""
        return self.can_answer and (self.raised or {}).get("type") == _NOT_APPROVED

    @property
    def answered_by(self) -> int:
        """The entry that has the result."""
        return self.seq if self.ended_seq is None else self.ended_seq

    def told(self) -> dict[str, Any]:
        """Return it as one side of a difference."""
        plain = {"name": self.name, "arguments": self.arguments, "result": self.result}
        plain |= {"error": self.error, "why": self.why_not}
        return {name: value for name, value in plain.items() if value is not None}


def read_recorded(plain: dict[str, Any]) -> Recorded:
    """Return the call on one line of a recording. Raises `Invalid`, naming what is wrong with it."""
    try:
        sort, seq, key, name = (
            CallSort(plain["sort"]),
            plain["seq"],
            plain["call_key"],
            plain["name"],
        )
    except (KeyError, ValueError) as error:
        raise Invalid(f"a recorded call: {error}") from None
    raised = plain.get("raised")
    if not isinstance(key, str) or not isinstance(seq, int) or not isinstance(raised, dict | None):
        raise Invalid("a recorded call: call_key is text, seq an integer, raised an object")
    texts = {each: _text(plain, each) for each in TEXTS}
    return Recorded(
        key=key,
        sort=sort,
        name=str(name or ""),
        seq=seq,
        ended_seq=plain.get("ended_seq"),
        result=plain.get("result"),
        raised=raised,
        usage=_read(Usage, plain, "usage"),
        cost=_read(Cost, plain, "cost"),
        why_not=_why_not(plain),
        **texts,
    )


def _text(plain: dict[str, Any], name: str) -> str | None:
    value = plain.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"a recorded call: {name} is text")
    return value


def _read(kind: Any, plain: dict[str, Any], name: str) -> Any:
    value = plain.get(name)
    return None if value is None else reader_for(kind, name)(value)


def _why_not(plain: dict[str, Any]) -> str | None:
    if plain.get("withheld"):
        return str(plain.get("why") or "its text was removed from the ledger")
    if plain.get("ended_seq") is None or plain.get("status") in UNENDED:
        return "it had not come to an end"
    return None
