"""What became of every event, counted; and complaints, each made once."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

logger = logging.getLogger("deliberation")

MAX_COMPLAINTS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Counts of events since this process started to report.

    `made = accepted + rejected + dropped + spooled + waiting`, when nothing is on its way.
    """

    made: int = 0
    """Events that were to be reported."""
    sent: int = 0
    """Events in bodies that the server answered, accepted or not."""
    accepted: int = 0
    """Events that the server made durable."""
    rejected: int = 0
    """Events that the server refused, one by one or with their whole body."""
    dropped: int = 0
    """Events lost here.

    The buffer was full, the spool was full, or the program ended with no spool.
    """
    spooled: int = 0
    """Events on disk and not acknowledged, of this process."""
    waiting: int = 0
    """Events in memory."""
    recovered: int = 0
    """Events of earlier processes that were found on disk and accepted; in no other count."""
    invalid: int = 0
    """Values (not events) that their field does not allow; left out."""


class Counts:
    """The counters behind `Stats`, for several threads."""

    def __init__(self) -> None:
        # Reentrant, here and in the buffer: a signal handler may report in the middle of a report.
        self._lock = threading.RLock()
        self._values: dict[str, int] = {}
        self._complaints: set[str] = set()

    def add(self, **amounts: int) -> None:
        """Add to counters by name."""
        with self._lock:
            for name, amount in amounts.items():
                self._values[name] = self._values.get(name, 0) + amount

    def stats(self, *, spooled: int, waiting: int) -> Stats:
        """Return the counts, with what is still here."""
        with self._lock:
            return Stats(**self._values, spooled=spooled, waiting=waiting)

    def complain(self, about: str, sentence: str) -> None:
        """Log a sentence, once for each thing it is about."""
        with self._lock:
            if about in self._complaints or len(self._complaints) >= MAX_COMPLAINTS:
                return
            self._complaints.add(about)
        logger.warning("%s", sentence)

    def settle(self, about: str) -> bool:
        """Forget a complaint, so that it is made again when it comes back.

        Return whether it had been made.
        """
        with self._lock:
            made = about in self._complaints
            self._complaints.discard(about)
            return made
