"""The doorbell: wake a worker, at most so often.

Guarantee: none. A lost ring costs at most the two seconds until the sweep; so it never delays an answer, and a Redis
that is gone is logged once a minute, not once a request. A Redis that hangs holds one thread, not all of those that
read bodies.
"""

from __future__ import annotations

import asyncio
import logging
import time

from ingest.tasks import drain

QUIET_SECONDS = 0.03
"""Between rings: a worker drains until the inbox is empty, so more of them would only queue up."""
COMPLAIN_SECONDS = 60.0
log = logging.getLogger(__name__)


class Doorbell:
    """Coalesces the rings of one web process."""

    def __init__(self) -> None:
        self._rung_at = 0.0
        self._complained_at = -COMPLAIN_SECONDS
        self._pending: asyncio.TimerHandle | None = None
        self._is_publishing = False

    def ring(self) -> None:
        """Ring now, or shortly when it has just rung. Call from the event loop; returns at once."""
        if self._pending is not None:
            return
        loop = asyncio.get_running_loop()
        wait = max(0.0, self._rung_at + QUIET_SECONDS - time.monotonic())
        self._pending = loop.call_later(wait, self._send)

    def _send(self) -> None:
        loop = asyncio.get_running_loop()
        if self._is_publishing:
            self._pending = loop.call_later(QUIET_SECONDS, self._send)
            return
        self._pending = None
        self._rung_at = time.monotonic()
        self._is_publishing = True
        loop.run_in_executor(None, self._publish_alone)

    def _publish_alone(self) -> None:
        try:
            self._publish()
        finally:
            self._is_publishing = False

    def _publish(self) -> None:
        try:
            drain.apply_async(retry=False, expires=30)
        except Exception as error:  # noqa: BLE001 - whatever the broker does, the body is safe
            if time.monotonic() - self._complained_at >= COMPLAIN_SECONDS:
                self._complained_at = time.monotonic()
                log.warning("the doorbell does not ring, the sweep will: %s", error)


doorbell = Doorbell()
