"""Events to JSON and back: one flat object per event, with a version, read for ever.

Wire form, one line of NDJSON: `{"v": 1, "kind": "node.ended", "run": "…", "key": "…", "at": "<ns>", …fields}`.
Numbers may be JSON numbers or decimal strings; a part may be text or any JSON value. Unknown kinds and fields
are refused by name: accepting what cannot be kept would lose it silently.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from deliberation.events import EVENT_CLASSES
from deliberation.events.base import Event
from deliberation.events.fields import Convert, Invalid, read_part, reader_for, writer_for

VERSION = 1
MAX_ID_CHARS = 64
HEADER = ("run", "key", "at")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one event class is written and read; made once, at import."""

    event_class: type[Event]
    facts: tuple[tuple[str, Convert | None], ...]
    parts: tuple[str, ...]
    readers: dict[str, Convert]
    required: frozenset[str]


def encode(event: Event) -> dict[str, Any]:
    """Return the event's wire form: plain JSON values, None left out."""
    plan = PLANS[event.KIND]
    plain: dict[str, Any] = {"v": VERSION, "kind": event.KIND, "run": event.run, "key": event.key}
    if event.at is not None:
        plain["at"] = str(event.at)
    plain.update(encode_facts(event, plan))
    for name in plan.parts:
        value = getattr(event, name)
        if value is not None:
            plain[name] = value
    return plain


def encode_facts(event: Event, plan: Plan) -> dict[str, Any]:
    """Return the fields that stand in the ledger line, in plain form."""
    plain: dict[str, Any] = {}
    for name, convert in plan.facts:
        value = getattr(event, name)
        if value is not None:
            plain[name] = convert(value) if convert else value
    return plain


def decode(plain: Any) -> Event:
    """Return the event that a wire object stands for.

    Raises `Invalid` with a sentence that names the field.
    """
    if not isinstance(plain, dict):
        raise Invalid("an event is a JSON object")
    plain = upgrade(plain)
    plan = PLANS.get(plain.get("kind", "")) if isinstance(plain.get("kind"), str) else None
    if plan is None:
        raise Invalid(f"kind: must be one of {', '.join(PLANS)}")
    values: dict[str, Any] = {}
    for name, value in plain.items():
        if name in ("v", "kind") or value is None:
            continue
        read = plan.readers.get(name)
        if read is None:
            raise Invalid(f"{plain['kind']} has no field {str(name)[:64]!r}")
        values[name] = read(value)
    missing = plan.required - values.keys()
    if missing:
        raise Invalid(f"{plain['kind']} needs {min(missing)!r}")
    return plan.event_class(**values)


def decode_line(line: bytes) -> Event:
    """Return the event on one line of NDJSON. Raises `Invalid`.

    The standard parser is used on purpose: it keeps 23-digit integers and lone surrogates as they are.
    """
    try:
        plain = json.loads(line, parse_constant=_refuse_constant)
    except Invalid:
        raise
    except (ValueError, RecursionError) as error:
        raise Invalid(f"not JSON: {str(error)[:120]}") from None
    return decode(plain)


def upgrade(plain: dict[str, Any]) -> dict[str, Any]:
    """Bring an event of any earlier version to the current one."""
    version = plain.get("v", VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= VERSION:
        raise Invalid(f"v: this server reads versions 1 to {VERSION}")
    for step in range(version, VERSION):
        plain = UPGRADES[step](plain)
    return plain


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version n → the function that turns an event of version n into one of version n + 1."""


def _refuse_constant(name: str) -> Any:
    raise Invalid(f"not JSON: {name} is not a JSON number")


def _identity_reader(name: str) -> Convert:
    def read(value: Any) -> str:
        if (
            not isinstance(value, str)
            or not 0 < len(value) <= MAX_ID_CHARS
            or not value.isprintable()
        ):
            raise Invalid(f"{name}: must be 1 to {MAX_ID_CHARS} printable characters")
        return value

    return read


def _run_reader(value: Any) -> str:
    import uuid

    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise Invalid("run: must be a UUID") from None


IDENTITIES = frozenset(
    {
        "key",
        "node",
        "parent",
        "source",
        "target",
        "runner_up",
        "by_node",
        "verdict",
        "command",
        "hold",
        "approval",
        "note",
        "reply_to",
        "on_node",
        "sign_off",
        "from_node",
        "call_key",
        "recorded_key",
    }
)


def is_identity(name: str, hint: Any) -> bool:
    """Return True when a field names a thing: printable, and short enough for a key."""
    return name in IDENTITIES and hint in (str, str | None)


def _plan(event_class: type[Event]) -> Plan:
    hints = get_type_hints(event_class)
    body = [field for field in fields(event_class) if field.name not in HEADER]
    facts = [field for field in body if not field.metadata.get("part")]
    parts = [field.name for field in body if field.metadata.get("part")]
    readers: dict[str, Convert] = {
        "run": _run_reader,
        "key": _identity_reader("key"),
        "at": reader_for(int, "at"),
    }
    readers.update({name: read_part(name) for name in parts})
    for field in facts:
        hint = hints[field.name]
        readers[field.name] = (
            _identity_reader(field.name)
            if is_identity(field.name, hint)
            else reader_for(hint, field.name)
        )
    return Plan(
        event_class=event_class,
        facts=tuple((field.name, writer_for(hints[field.name])) for field in facts),
        parts=tuple(parts),
        readers=readers,
        required=frozenset({"run", "key"} | {f.name for f in facts if f.default is MISSING}),
    )


PLANS: dict[str, Plan] = {event_class.KIND: _plan(event_class) for event_class in EVENT_CLASSES}
