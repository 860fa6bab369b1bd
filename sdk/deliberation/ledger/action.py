"""The canonical action: the exact bytes that a person agrees to, and their digest.

An action is one line of the canonical profile with the keys `arguments`, `attempt`, `node`, `risk`, `run`,
`side_effect` and `tool`. The arguments are JSON *text* inside it: so they may hold what the profile does not allow
(fractions, large integers) and are compared as they were written, byte for byte. What is agreed to is the SHA-256 of
that line, as 64 hex digits.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from deliberation.events.fields import clean
from deliberation.ledger.canonical import dump

MAX_ACTION_BYTES = 256 * 1024
KEYS = frozenset(("arguments", "attempt", "node", "risk", "run", "side_effect", "tool"))


class NoAction(ValueError):
    """The text is no canonical action; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a program is about to do. `arguments` is JSON text, as `write_arguments` writes it."""

    run: str
    tool: str
    arguments: str
    node: str | None = None
    attempt: int | None = None
    side_effect: str | None = None
    risk: str | None = None

    @property
    def text(self) -> str:
        """The canonical line."""
        return dump(asdict(self)).decode()

    @property
    def digest(self) -> str:
        """The SHA-256 of the line, as 64 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def of_attempt(self, attempt: int) -> Action:
        """Return the same action of an attempt."""
        return replace(self, attempt=attempt)

    def changed(self, arguments: str) -> Action:
        """Return the same action with other arguments, which has another digest."""
        return replace(self, arguments=arguments)


def write_arguments(value: Any) -> str:
    """Return a value as JSON text: sorted keys, no spaces, ASCII; anything JSON does not know by its `repr`."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_repr)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(_repr(value))


def read_action(text: str) -> Action:
    """Return the action on a canonical line. Raises `NoAction`."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_ACTION_BYTES:
        raise NoAction(f"an action has at most {MAX_ACTION_BYTES} bytes")
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise NoAction("an action is one line of JSON") from None
    if not isinstance(plain, dict) or plain.keys() != KEYS:
        raise NoAction(f"an action has exactly the keys {', '.join(sorted(KEYS))}")
    action = Action(**plain)
    _check(action)
    if action.text != text:
        raise NoAction("the line is not canonical: sorted keys, no spaces, plain UTF-8")
    return action


def _check(action: Action) -> None:
    for name in KEYS - {"attempt"}:
        value = getattr(action, name)
        is_needed = name in ("run", "tool", "arguments")
        if not isinstance(value, str) and (is_needed or value is not None):
            raise NoAction(f"{name} must be text")
        if value is not None and name != "arguments" and clean(value) != value:
            raise NoAction(f"{name} holds what no text may hold")
    if not (action.arguments.isascii() and action.arguments.isprintable()):
        raise NoAction("arguments must be JSON text in ASCII")
    if not action.tool:
        raise NoAction("tool must not be empty")
    attempt = action.attempt
    if attempt is not None and (type(attempt) is not int or not 0 <= attempt < 2**53):
        raise NoAction("attempt must be a whole number")


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a program's own types may raise anything
        return f"<{type(value).__name__} without a repr>"
