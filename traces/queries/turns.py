"""What is costly to make is made once, however many ask for it at the same time."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    takers: int = 0


_turns: dict[Hashable, _Turn] = {}
_lock = threading.Lock()


@contextmanager
def take_turn(key: Hashable) -> Iterator[None]:
    """Wait until nobody else of this process makes what `key` names; whoever waited looks first what was made."""
    with _lock:
        turn = _turns.setdefault(key, _Turn())
        turn.takers += 1
    try:
        with turn.lock:
            yield
    finally:
        with _lock:
            turn.takers -= 1
            if not turn.takers:
                del _turns[key]
