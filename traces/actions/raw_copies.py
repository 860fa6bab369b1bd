"""Copies of what senders said that lie outside the ledger: bodies that wait, dead letters, files.

Those who keep such copies are above this part of the house, and name themselves here when the program starts. What they
are asked happens in the transaction that deletes the text.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

HEX_TRACE = re.compile("[0-9a-f]{32}")
SURE_BYTES = 12
"""A shorter text stands in many bodies by chance: then the body must name the run as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A text of a run as it may stand in what was sent: `forms` are its bytes, plain and as JSON writes them."""

    project_id: int
    run_id: uuid.UUID
    names: tuple[bytes, ...]
    forms: tuple[bytes, ...]

    def is_in(self, body: bytes) -> bool:
        """Whether the text stands in a body of this run, or is too long to stand anywhere else by chance."""
        for form in self.forms:
            if form in body and (
                len(form) >= SURE_BYTES or any(name in body for name in self.names)
            ):
                return True
        return False


class StillArriving(Exception):
    """A copy is being read just now; the message says which. Nothing was deleted."""


Forget = Callable[[Sequence[Sought]], int]
"""Delete all copies in which one of these texts stands; return how many. Raises StillArriving."""

_keepers: list[Forget] = []


def keep_copies(forget: Forget) -> None:
    """Name somebody who keeps copies."""
    if forget not in _keepers:
        _keepers.append(forget)


def forget_copies(sought: Sequence[Sought]) -> int:
    """Have all copies of these texts deleted; return how many there were. Raises StillArriving."""
    return sum(forget(sought) for forget in _keepers)


def seek(
    *, project_id: int, run_id: uuid.UUID, trace_id: str | None, texts: Sequence[bytes]
) -> list[Sought]:
    """Return what to look for; texts of nothing but blanks are not looked for."""
    names = _names(run_id, trace_id)
    return [
        Sought(project_id=project_id, run_id=run_id, names=names, forms=forms)
        for text in texts
        if (forms := _forms(text))
    ]


def seek_run(project_id: int, run_id: uuid.UUID, trace_id: str | None) -> list[Sought]:
    """Return what to look for where all that was said of a run is to go: whatever names it."""
    names = _names(run_id, trace_id)
    return [Sought(project_id=project_id, run_id=run_id, names=names, forms=names)]


def _names(run_id: uuid.UUID, trace_id: str | None) -> tuple[bytes, ...]:
    """Return how a body names a run: as text, and a trace as OTLP has it too."""
    names = [str(run_id).encode()]
    if trace_id:
        names.append(trace_id.encode())
        if HEX_TRACE.fullmatch(trace_id):
            names.append(bytes.fromhex(trace_id))
    return tuple(names)


def _forms(data: bytes) -> tuple[bytes, ...]:
    text = data.decode("utf-8", "replace")
    if not text.strip():
        return ()
    found = [data, *_as_json(text), *_as_json(_inside_json(text))]
    longest = max(_texts_in(text), key=len, default="")
    # A sender's JSON was written anew: its longest text is looked for instead.
    if len(longest) >= SURE_BYTES:
        found += [longest.encode("utf-8", "replace"), *_as_json(longest)]
    return tuple(dict.fromkeys(found))


def _as_json(text: str) -> tuple[bytes, bytes]:
    return (
        _inside_json(text).encode("utf-8", "replace"),
        json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "replace"),
    )


def _inside_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _texts_in(text: str) -> list[str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
    return found
