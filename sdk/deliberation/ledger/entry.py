"""One ledger entry: an event, numbered, committed and made of bytes.

The line, sorted keys, no whitespace:

    by    who reported it, as the server authenticated them
    d     the event's facts (typed, short, non-personal)
    key   the event's identity within the run
    kind  the event's kind
    p     part name → commitment, base64
    run   the run's UUID
    seq   its index in the run's ledger, from 0: the leaf's index
    t_rx  when the server received it, ns since 1970, as text
    t_src when the source says it happened, ns since 1970, as text
    v     1
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from deliberation.events.base import Event
from deliberation.events.codec import PLANS, VERSION, decode, encode_facts
from deliberation.events.fields import clean
from deliberation.ledger.canonical import dump
from deliberation.ledger.parts import SALT_BYTES, Part, bytes_to_text, commit, text_to_bytes
from deliberation.ledger.tree import hash_leaf


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed event: the line that is hashed, its leaf hash, and the opened parts kept beside it."""

    seq: int
    key: str
    line: bytes
    leaf: bytes
    parts: tuple[Part, ...]


def seal(
    event: Event, *, seq: int, by: str, received_at: int, randbytes: Callable[[int], bytes]
) -> Entry:
    """Return the ledger entry of an event. `received_at` in ns; `randbytes` yields the salts."""
    plan = PLANS[event.KIND]
    parts: list[Part] = []
    commitments: dict[str, str] = {}
    for name in plan.parts:
        text = getattr(event, name)
        if text is not None:
            data = text_to_bytes(text)
            part = Part(name, randbytes(SALT_BYTES), sha256(data).digest(), data)
            parts.append(part)
            commitments[name] = commit(part.salt, part.inner)
    envelope = {
        "by": by,
        "d": encode_facts(event, plan),
        "key": event.key,
        "kind": event.KIND,
        "p": commitments,
        "run": event.run,
        "seq": seq,
        "t_rx": str(received_at),
        "v": VERSION,
    }
    if event.at is not None:
        envelope["t_src"] = str(event.at)
    line = _dump_anyhow(envelope)
    return Entry(seq, event.key, line, hash_leaf(line), tuple(parts))


def read_line(line: bytes) -> dict[str, Any]:
    """Return the fields of a ledger line."""
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("a ledger line is a JSON object")  # noqa: TRY004 - its content is wrong
    return fields


def unseal(line: bytes, opened: Iterable[tuple[str, bytes]]) -> Event:
    """Return the event of a ledger line and its opened parts (name, bytes).

    A part that was redacted is simply not among them: the event then lacks that text and keeps the rest.
    """
    fields = read_line(line)
    plain = {"v": fields["v"], "kind": fields["kind"], "run": fields["run"], "key": fields["key"]}
    if "t_src" in fields:
        plain["at"] = fields["t_src"]
    plain.update(fields["d"])
    plain.update((name, bytes_to_text(data)) for name, data in opened)
    return decode(plain)


def _dump_anyhow(envelope: dict[str, Any]) -> bytes:
    # A mapping may let a lone surrogate through into a fact; the entry must still be written.
    try:
        return dump(envelope)
    except (TypeError, UnicodeEncodeError):
        return dump(_cleaned(envelope))


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value
