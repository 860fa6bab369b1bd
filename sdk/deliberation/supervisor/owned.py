"""The runs that live in the command's process, as it announces them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deliberation.control import Gate
from deliberation.vocabulary import ObservedState


@dataclass(slots=True)
class Owned:
    """One run of the command's. `gate` listens for it; `at` is when it was heard of last."""

    run: str
    attempt: int
    holder: str
    state: ObservedState
    gate: Gate
    at: float = field(default_factory=time.monotonic)


class Runs:
    """The live runs, by id. `on_new` is called with the first word on each."""

    def __init__(self, on_new: Callable[[Owned], None]) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, Owned] = {}
        self._on_new = on_new

    def hear(self, said: bytes) -> None:
        """Take in an announcement. One that cannot be read says nothing."""
        told = _read(said)
        if told is None:
            return
        run, attempt, holder, state = told
        with self._lock:
            known = self._runs.get(run)
            if state.is_terminal:
                self._runs.pop(run, None)
                return
            if known is not None:
                known.attempt, known.holder, known.state = attempt, holder, state
                known.at = time.monotonic()
                return
            gate = Gate(run)
            gate.is_listener = True
            known = self._runs[run] = Owned(run, attempt, holder, state, gate)
        self._on_new(known)

    def live(self) -> list[Owned]:
        """Return those that have not ended."""
        with self._lock:
            return list(self._runs.values())

    def silent(self, seconds: float) -> list[Owned]:
        """Return those of which nothing was heard for so long."""
        before = time.monotonic() - seconds
        return [owned for owned in self.live() if owned.at < before]


def _read(said: bytes) -> tuple[str, int, str, ObservedState] | None:
    try:
        plain: dict[str, Any] = json.loads(said)
        run, attempt, holder = plain["run"], plain["attempt"], plain["holder"]
        state = ObservedState(plain["state"])
    except (ValueError, KeyError, TypeError):
        return None
    is_whole = isinstance(run, str) and isinstance(attempt, int) and isinstance(holder, str)
    return (run, attempt, holder, state) if is_whole else None
