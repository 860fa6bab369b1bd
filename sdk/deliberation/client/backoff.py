"""When to try again."""

from __future__ import annotations

from collections.abc import Callable

MAX_RETRY_AFTER = 300.0


class Backoff:
    """Waits that double from `first` to `most` seconds, each shortened by up to half at random.

    A server's Retry-After is kept to, up to `MAX_RETRY_AFTER`, and cannot be hurried.
    """

    def __init__(self, *, first: float, most: float, random: Callable[[], float]) -> None:
        self._first = first
        self._most = most
        self._random = random
        self.failures = 0
        self._not_before = 0.0
        self._is_asked = False

    def fail(self, now: float, retry_after: float | None) -> None:
        """Note a failure at monotonic time `now`."""
        longest = min(self._most, self._first * 2.0 ** min(self.failures, 32))
        self.failures += 1
        self._is_asked = retry_after is not None
        # Without the random share, all programs that lost one server would come back at one moment.
        wait = longest * (1 - self._random() / 2)
        self._not_before = now + (
            min(retry_after, MAX_RETRY_AFTER) if retry_after is not None else wait
        )

    def succeed(self) -> None:
        """Forget all failures."""
        self.failures, self._not_before, self._is_asked = 0, 0.0, False

    def hurry(self) -> None:
        """Try at once, unless the server asked for the wait."""
        if not self._is_asked:
            self._not_before = 0.0

    def left(self, now: float) -> float:
        """Return the seconds until the next try."""
        return max(0.0, self._not_before - now)
