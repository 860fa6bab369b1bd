"""The newest ledger head of each run that the server gave away."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

MAX_RUNS = 1024


class Heads:
    """Heads by run; of the last `MAX_RUNS` runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heads: OrderedDict[str, str] = OrderedDict()

    def receive(self, answer: dict[str, Any]) -> list[str]:
        """Take in a server's answer to a post of events; return the heads that are new.

        A head is text that begins with its run's id and a space; the rest of it is the server's business.
        """
        several = answer.get("heads")
        said = [answer.get("head"), *(several if isinstance(several, list) else [])]
        with self._lock:
            new = [head for head in said if isinstance(head, str) and self._is_new(head)]
            while len(self._heads) > MAX_RUNS:
                self._heads.popitem(last=False)
        return new

    def of(self, run: str) -> str | None:
        """Return the newest head of a run, or None."""
        return self._heads.get(run)

    def _is_new(self, head: str) -> bool:
        run = head.partition(" ")[0]
        before = self._heads.pop(run, None)
        self._heads[run] = head
        return head != before
