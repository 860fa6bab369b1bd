"""How a replay ends early, and how what a recorded call raised is raised again."""

from __future__ import annotations

import json
import sys
from typing import Any

from deliberation.control import Cause, NotApproved, Stopped
from deliberation.vocabulary import ApprovalStatus


class Diverged(Stopped):
    """A strict replay has come to a difference, and ends there."""

    def __init__(
        self, reason: str = "", *, cause: Cause = Cause.DIVERGED, command: str | None = None
    ) -> None:
        super().__init__(reason, cause=cause, command=command)


class RecordedError(Exception):
    """A recorded call failed with an error that cannot be made again here. `type` is its class by name."""

    def __init__(self, message: str, type: str = "") -> None:  # noqa: A002 - what it is
        super().__init__(message)
        self.type = type


def told_error(error: BaseException) -> str:
    """Return an exception as the part `raised` has it: its class, and its arguments where JSON can hold them."""
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, NotApproved):
        status = error.status.value if error.status is not None else None
        return json.dumps({**told, "args": [error.reason], "by": error.by, "status": status})
    try:
        return json.dumps(
            {**told, "args": list(_arguments(error))}, ensure_ascii=False, allow_nan=False
        )
    except Exception:  # noqa: BLE001 - an exception's own methods may raise anything
        return json.dumps({**told, "args": [_text(error)]}, ensure_ascii=False)


def raised_again(raised: dict[str, Any], text: str | None) -> Exception:
    """Return the exception that a recorded call ended by, as far as its class is at hand.

    Nothing is imported for it. One that cannot be made from its arguments is a `RecordedError`.
    """
    name, args = str(raised.get("type") or ""), raised.get("args")
    arguments = args if isinstance(args, list) else []
    kind = _class(name)
    if kind is NotApproved:
        reason = str(arguments[0]) if arguments else ""
        return NotApproved(reason, by=raised.get("by"), status=_status(raised.get("status")))
    if kind is not None:
        try:
            return kind(*arguments)
        except Exception:  # noqa: BLE001 - a program's own class may want anything
            kind = None
    said = ", ".join(map(str, arguments)) or (text or "").strip().rpartition("\n")[2]
    return RecordedError(f"{name}: {said}", name)


def _arguments(error: BaseException) -> tuple[Any, ...]:
    """Return what makes it again: an OSError keeps its file's name apart from its arguments."""
    reduced = error.__reduce__()
    is_plain = isinstance(reduced, tuple) and reduced[0] is type(error)
    return tuple(reduced[1]) if is_plain else error.args


def _class(name: str) -> type[Exception] | None:
    words = name.split(".")
    for cut in range(len(words) - 1, 0, -1):
        found: Any = sys.modules.get(".".join(words[:cut]))
        if found is None:
            continue
        for word in words[cut:]:
            found = getattr(found, word, None)
        return found if isinstance(found, type) and issubclass(found, Exception) else None
    return None


def _status(word: Any) -> ApprovalStatus | None:
    try:
        return ApprovalStatus(word)
    except ValueError:
        return None


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception's own __str__ may raise
        return type(error).__name__
