"""The thread that takes events from the buffer to the server."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
import time
from collections.abc import Callable
from itertools import takewhile
from typing import Any

from deliberation.client.backoff import Backoff
from deliberation.client.buffer import Buffer
from deliberation.client.counts import Counts
from deliberation.client.heads import Heads
from deliberation.client.line import Line, join
from deliberation.client.settings import Settings
from deliberation.client.spool import Batch, Spool
from deliberation.client.transport import Answer, Transport, Unreachable

PATH = "/v1/events"
IDLE_SECONDS = 30.0
FLUSH_RETRY_SECONDS = 1.0
RETRIED_4XX = (408, 425, 429)
HEADERS = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}


class Sender:
    """Batches, writes ahead to the spool, posts, and tries again.

    Tried again: no answer, 5xx, 408, 425, 429 and anything else but 200 and 4xx. Never tried again:
    any other 4xx (a wrong key, a wrong address): the batch is given up, counted as rejected, and
    the reason logged once. A 413 is split in halves.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        buffer: Buffer,
        spool: Spool,
        transport: Transport,
        counts: Counts,
        heads: Heads,
        overhear: Callable[[dict[str, Any]], None],
        report_gaps: Callable[[], None],
        random: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._buffer = buffer
        self._spool = spool
        self._transport = transport
        self._counts = counts
        self._heads = heads
        self._overhear = overhear
        self._report_gaps = report_gaps
        self._backoff = Backoff(first=settings.retry_first, most=settings.retry_most, random=random)
        self._progress = threading.Condition()
        self._settled = 0
        self._stopping = False
        self._hurried = False
        self._next_adoption = 0.0
        self._thread = threading.Thread(target=self._run, name="deliberation-sender", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def settle(self, timeout: float) -> bool:
        """Wait until what was reported so far is acknowledged; True when it is.

        Returns at once while the server is known not to answer: waiting would be in vain.
        """
        mark = self._buffer.admitted
        return self._wait_for(mark, lambda: self._backoff.failures > 0, timeout)

    def flush(self, timeout: float) -> bool:
        """Wait until what was reported so far is acknowledged; meanwhile try every second."""
        mark = self._buffer.admitted
        deadline = time.monotonic() + timeout
        while True:
            self._backoff.hurry()
            left = deadline - time.monotonic()
            if self._wait_for(mark, lambda: False, min(left, FLUSH_RETRY_SECONDS)):
                return True
            if left <= 0 or not self.is_alive:
                return False

    def stop(self, timeout: float) -> bool:
        """Ask the thread to end; True when it ended in time, with all sent or on disk."""
        self._stopping = True
        self._backoff.hurry()
        self._buffer.wake()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """True while the thread runs."""
        return self._thread.is_alive()

    def note_dropped(self, count: int) -> None:
        """Lines of this process were dropped from the spool: nobody needs to wait for them."""
        self._advance(count)

    def _wait_for(self, mark: int, is_in_vain: Callable[[], bool], timeout: float) -> bool:
        self._hurried = True
        self._buffer.wake()
        with self._progress:
            self._progress.wait_for(
                lambda: self._settled >= mark or is_in_vain() or not self.is_alive, timeout
            )
            return self._settled >= mark

    def _run(self) -> None:
        while True:
            try:
                if not self._turn():
                    break
            except Exception as error:  # noqa: BLE001 - the thread must outlive any surprise
                self._counts.complain("sender", f"The sender hit {error!r} and goes on.")
                self._fail(str(error), None)
        self._transport.close()

    def _turn(self) -> bool:
        """Do one round.

        Take, keep, send. False when there is nothing left to do and the end was asked for.
        """
        taken = self._take()
        can_send = self._backoff.left(time.monotonic()) == 0
        batch = self._next_batch() if can_send else None
        if batch is not None:
            self._deliver(batch)
        elif not taken:
            if self._stopping:
                return False
            self._rest()
        return not (self._stopping and self._backoff.failures > 0 and not len(self._buffer))

    def _take(self) -> bool:
        if not self._spool.has_room:
            return False
        lines = self._buffer.take(self._settings.batch_events, self._settings.batch_bytes)
        if lines:
            self._spool.append(lines)
        return bool(lines)

    def _next_batch(self) -> Batch | None:
        now = time.monotonic()
        if now >= self._next_adoption:
            self._spool.adopt()
            self._next_adoption = now + IDLE_SECONDS
        return self._spool.next_batch(self._settings.batch_events, self._settings.batch_bytes)

    def _rest(self) -> None:
        left = self._backoff.left(time.monotonic()) or IDLE_SECONDS
        if not self._spool.has_room:
            self._buffer.pause(left)
            return
        self._buffer.wait(left)
        # A batch gathers for a moment: one request for a burst instead of one for each event.
        if not (self._hurried or self._stopping):
            self._buffer.pause(self._settings.interval)
        self._hurried = False

    def _deliver(self, batch: Batch) -> None:
        body = gzip.compress(join(batch.lines), compresslevel=1)
        try:
            answer = self._transport.request("POST", PATH, body, HEADERS)
        except Unreachable as error:
            self._fail(str(error), None)
            return
        if answer.status == 200:
            self._accept(batch, answer)
        elif 400 <= answer.status < 500 and answer.status not in RETRIED_4XX:
            self._give_up(batch, answer)
        else:
            now = dt.datetime.now(dt.timezone.utc)
            self._fail(f"status {answer.status}", answer.retry_after(now))

    def _accept(self, batch: Batch, answer: Answer) -> None:
        said = answer.json()
        refused = [each for each in said.get("rejected") or () if isinstance(each, dict)]
        for each in refused:
            error = str(each.get("error"))
            self._counts.complain(f"rejected {error}", f"The server refused an event: {error}")
        self._count(batch, rejected=min(len(refused), len(batch.lines)))
        if self._backoff.failures and self._counts.settle("unreachable"):
            self._counts.complain(
                "again", "The inspector answers again; what waited is being sent."
            )
        self._backoff.succeed()
        self._keep_heads(self._heads.receive(said))
        self._overhear(said)
        self._finish(batch, len(batch.lines))
        self._report_gaps()

    def _give_up(self, batch: Batch, answer: Answer) -> None:
        fewer = _fewer(batch.lines, answer.status)
        if fewer:
            self._deliver(Batch(batch.segment, fewer))
            return
        detail = str(answer.json().get("detail") or answer.json().get("title") or "")[:200]
        self._counts.complain(
            f"status {answer.status}",
            f"The inspector refused events with status {answer.status}. {detail}"
            " They are not sent again. `deliberation doctor` says more.",
        )
        self._count(batch, rejected=len(batch.lines))
        self._backoff.succeed()
        self._finish(batch, len(batch.lines))

    def _count(self, batch: Batch, *, rejected: int) -> None:
        count = len(batch.lines)
        if batch.segment.is_own:
            self._counts.add(sent=count, accepted=count - rejected, rejected=rejected)
        else:
            self._counts.add(recovered=count - rejected)

    def _finish(self, batch: Batch, count: int) -> None:
        self._spool.acknowledge(batch.segment, count)
        if batch.segment.is_own:
            self._advance(count)

    def _fail(self, reason: str, retry_after: float | None) -> None:
        self._backoff.fail(time.monotonic(), retry_after)
        self._transport.close()
        self._counts.complain(
            "unreachable",
            f"The inspector at {self._settings.url} does not take events ({reason});"
            " they are kept and sent later.",
        )
        self._advance()

    def _advance(self, settled: int = 0) -> None:
        with self._progress:
            self._settled += settled
            self._progress.notify_all()

    def _keep_heads(self, heads: list[str]) -> None:
        path = self._settings.heads_file
        if path is None or not heads:
            return
        # In one piece: other processes may write to the same file.
        piece = "".join(f"\n{each}\n" if "\n" in each else f"{each}\n" for each in heads)
        try:
            with path.open("ab", buffering=0) as file:
                file.write(piece.encode("utf-8", "replace"))
        except OSError as error:
            self._counts.complain("heads", f"The ledger heads cannot be kept in {path}: {error}")


def _fewer(lines: list[Line], status: int) -> list[Line]:
    """Return the first of these lines that may pass alone where all of them were refused."""
    if status == 413:
        return lines[: len(lines) // 2]
    if status in (401, 403) or all(line.run == lines[0].run for line in lines):
        return []
    # One run may be at fault (it belongs to another project): the others must not pay for it.
    return list(takewhile(lambda line: line.run == lines[0].run, lines))
