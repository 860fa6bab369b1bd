"""The newest ledger head of each run that the server gave away, and the newest signed checkpoint."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

MAX_RUNS = 1024


class Heads:
    """Heads and checkpoints by run; of the last `MAX_RUNS` runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heads: OrderedDict[str, str] = OrderedDict()
        self._notes: OrderedDict[str, str] = OrderedDict()

    def receive(self, answer: dict[str, Any]) -> list[str]:
        """Take in a server's answer to a post of events; return what is new: heads, then signed checkpoints.

        A head is text that begins with its run's id and a space, a checkpoint text that begins with a line that names
        its run's log; the rest of them is the server's business.
        """
        heads = [answer.get("head"), *_listed(answer.get("heads"))]
        notes = _listed(answer.get("notes"))
        with self._lock:
            return [
                *(head for head in heads if _is_new(self._heads, head, " ")),
                *(note for note in notes if _is_new(self._notes, note, "\n")),
            ]

    def of(self, run: str) -> str | None:
        """Return the newest head of a run, or None."""
        return self._heads.get(run)


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _is_new(known: OrderedDict[str, str], text: Any, end: str) -> bool:
    """Keep a text under its beginning up to `end`; return whether another one was there."""
    if not isinstance(text, str):
        return False
    name = text.partition(end)[0]
    before = known.pop(name, None)
    known[name] = text
    while len(known) > MAX_RUNS:
        known.popitem(last=False)
    return text != before
