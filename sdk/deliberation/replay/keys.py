"""The key of a call: the name by which each replay finds it again.

The first 32 hex digits of the SHA-256 over the JSON of `[sort, name, digest, ordinal]`, where `digest` is the
SHA-256 of the arguments' JSON in hex and `ordinal` counts the calls of a run that are alike in all three, from 0.
JSON as Python's `json` writes it with sorted keys, no whitespace and no escapes beyond those that JSON needs.
"""

from __future__ import annotations

import json
import os
import threading
from hashlib import sha256
from typing import Any

from deliberation.ledger.canonical import writer_of
from deliberation.vocabulary import CallSort

KEY_DIGITS = 32
COUNTED_BYTES = 16

_write = writer_of(
    json.JSONEncoder(
        sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=repr
    )
)


def canonical(value: Any) -> str:
    """Return the one JSON text of a value; of what JSON cannot hold, of its `repr`."""
    try:
        return _write(value)
    except (TypeError, ValueError, RecursionError):
        return _write(_repr(value))


class Keys:
    """Gives the calls of one run their keys. Safe for threads and tasks.

    Nothing in a key depends on time, on chance, or on the order among calls that differ. Calls that are alike are
    told apart by their order alone. About 100 bytes of memory for each call that differs from all others. In a forked
    child there are none: parent and child would give the same ones.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[bytes, int] = {}
        self._process = os.getpid()

    def next(self, sort: CallSort, name: str, arguments: str) -> str | None:
        """Return the key of a call that begins; None in a forked child. `arguments` is canonical JSON."""
        if self._process != os.getpid():
            return None
        digest = sha256(_bytes(arguments)).hexdigest()
        hashed = sha256(_bytes(f'["{sort.value}",{_write(name)},"{digest}"'))
        alike = hashed.digest()[:COUNTED_BYTES]
        with self._lock:
            ordinal = self._counts.get(alike, 0)
            self._counts[alike] = ordinal + 1
        hashed.update(b",%d]" % ordinal)
        return hashed.hexdigest()[:KEY_DIGITS]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a program's own types may raise anything
        return f"<{type(value).__name__} without a repr>"
