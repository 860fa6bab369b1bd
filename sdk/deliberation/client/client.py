"""One way to one server: settings, buffer, spool and sender, held together."""

from __future__ import annotations

import atexit
import os
import random
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping

from deliberation.client.buffer import Buffer
from deliberation.client.build import to_line
from deliberation.client.connect import make_holder, make_talk, make_transport
from deliberation.client.counts import Counts, Stats
from deliberation.client.gaps import Gaps
from deliberation.client.heads import Heads
from deliberation.client.line import Line, count_by_run
from deliberation.client.producer import Producer
from deliberation.client.sender import Sender
from deliberation.client.settings import Settings
from deliberation.client.spool import Spool
from deliberation.client.talk import Talk
from deliberation.client.watch import Watch
from deliberation.control import Gate
from deliberation.events import GapReported

CLIENTS: weakref.WeakSet[Client] = weakref.WeakSet()


class Client:
    """Reports to one server with one key.

    What it promises the program around it:

    - It never raises by itself. What cannot be reported is counted (`stats`) and logged once. Only
      where a run gives way (`Gate`) is `Stopped` raised, when somebody asked for it or its budget is spent.
    - It never blocks by itself: an event is put into a bounded queue; a full queue refuses it. A
      run waits at its gate while somebody holds it. Only these wait, and no longer than said: the
      end of a run (`exit_seconds`, 2 s), the end of the program (the same), `flush(timeout)`. None
      of them waits for a server that is known not to answer.
    - It costs next to nothing without a server or a key: no thread, no file, no event.
    - What it lost it counts, and reports as `gap.reported` when it next reaches the server.
    - What is lost by kill -9: the events still in memory, those of the last 50 ms, or more while
      events are made faster than they are written. What was in the spool is sent by the next
      process with the same spool.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now_ns: Callable[[], int] = time.time_ns,
        randbytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.settings = settings
        self.now_ns = now_ns
        self.randbytes = randbytes
        self.enabled = settings.enabled
        self._producers: weakref.WeakSet[Producer] = weakref.WeakSet()
        self._lock = threading.RLock()
        self._is_closed = False
        self._spool: Spool
        self._begin()
        try:
            make_transport(settings)
        except ValueError as error:
            self._counts.complain("url", f"Nothing is reported: {error}")
            self.enabled = False
        CLIENTS.add(self)

    def put(self, line: Line, *, reserved: bool = False) -> None:
        """Queue a line; where there is no room, count and remember the loss.

        Waits for nobody: whoever is queueing already, another thread or the code that a signal handler
        interrupted, queues this line too.
        """
        self._arrived.append((line, reserved))
        # Looked at again after the release: a line may arrive between the last look and the release.
        while self._arrived and self._queueing.acquire(blocking=False):
            try:
                self._queue_arrived()
            finally:
                self._queueing.release()
        if self._sender is None:
            self._start()

    def refuse(self, problem: str) -> None:
        """Count a value that was left out, and say so once."""
        self._counts.add(invalid=1)
        self._counts.complain(f"invalid {problem}", f"Left out of what is reported: {problem}")

    def begin(self, gate: Gate) -> None:
        """Listen to what the server asks of a run, until `part`."""
        if self.enabled:
            self._watch.begin(gate)
            self._close_at_exit()

    def part(self, gate: Gate) -> None:
        """Listen to a run no more, which has ended; tell so, and what became of its commands.

        Where it was asked for something, that is waited for: at most `exit_seconds`, and not for a
        server that does not answer. Told otherwise first that it has ended, the server would take
        an open command for expired, and a stopped program for one that ended by itself.
        """
        self._watch.part(gate)
        if self.has_to_tell(gate):
            self._watch.settle(gate, self.settings.exit_seconds)

    def has_to_tell(self, gate: Gate) -> bool:
        """Return True when the server must know something of a run's commands before it ends."""
        is_asked = gate.stop is not None or bool(gate.ear.orders.untold)
        return is_asked and self._watch.is_live and not gate.is_listener

    def make_producer(self, name: str | None = None) -> Producer:
        """Return a producer of this client."""
        producer = Producer(now_ns=self.now_ns(), randbytes=self.randbytes, name=name)
        self._producers.add(producer)
        return producer

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until all that was reported so far is acknowledged.

        True when it is. At most `timeout` seconds.
        """
        return self._sender.flush(timeout) if self._sender else True

    def settle(self) -> bool:
        """The same at the end of a run.

        At most `exit_seconds`, and not for a server that does not answer.
        """
        return self._sender.settle(self.settings.exit_seconds) if self._sender else True

    def stats(self) -> Stats:
        """Return what became of all events so far."""
        left, waiting = self._spool.left(), len(self._buffer)
        if not self._spool.is_durable:
            left, waiting = 0, waiting + left
        return self._counts.stats(spooled=left, waiting=waiting)

    def close(self, timeout: float | None = None) -> None:
        """Send what can be sent within `timeout` (default `exit_seconds`), keep the rest on disk,
        and stop.

        Without a spool the rest is dropped and counted. Called at the program's exit; a second call
        does nothing.
        """
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
        if not is_first:
            return
        timeout = self.settings.exit_seconds if timeout is None else timeout
        deadline = time.monotonic() + timeout
        self._watch.stop(timeout / 2)
        if self._sender is not None:
            self._sender.stop(deadline - time.monotonic())
        self._keep_rest()
        self._spool.close()
        atexit.unregister(self._leave)

    def restart_in_child(self) -> None:
        """After a fork.

        Leave the parent's queue, files, connection and keys to the parent, and begin anew.
        """
        self._spool.abandon()
        watch = self._watch
        for producer in list(self._producers):
            producer.restart(now_ns=self.now_ns(), randbytes=self.randbytes)
        self._begin()
        watch.restart_in_child(self._watch)

    def _begin(self) -> None:
        settings = self.settings
        self._lock = threading.RLock()
        self._is_closed = self._closes_at_exit = False
        self._arrived: deque[tuple[Line, bool]] = deque()
        self._queueing = threading.Lock()
        self._sender: Sender | None = None
        self._counts = Counts()
        self._gaps = Gaps()
        self.heads = Heads()
        self.holder = make_holder(self.randbytes)
        self._watch = Watch(self._make_talk)
        self._gap_producer = Producer(now_ns=self.now_ns(), randbytes=self.randbytes)
        self._buffer = Buffer(max_events=settings.buffer_events, max_bytes=settings.buffer_bytes)
        self._spool = Spool(
            settings.spool,
            limit=settings.spool_bytes,
            segment_bytes=settings.segment_bytes,
            name=lambda: f"{self.now_ns():020d}-{os.getpid()}-{self.randbytes(4).hex()}",
            on_drop=self._drop_spooled,
        )

    def _queue_arrived(self) -> None:
        while self._arrived:
            line, reserved = self._arrived.popleft()
            self._counts.add(made=1)
            if self._is_closed:
                self._lose("closed", {line.run: 1})
            elif not self._buffer.put(line, reserved=reserved):
                self._lose("buffer_full", {line.run: 1})

    def _start(self) -> None:
        with self._lock:
            if self._sender is not None or self._is_closed:
                return
            sender = Sender(
                self.settings,
                buffer=self._buffer,
                spool=self._spool,
                transport=make_transport(self.settings),
                counts=self._counts,
                heads=self.heads,
                overhear=self._watch.overhear,
                report_gaps=self._report_gaps,
                random=random.random,
            )
            sender.start()
            self._sender = sender
        self._close_at_exit()

    def _close_at_exit(self) -> None:
        if not self._closes_at_exit:
            self._closes_at_exit = True
            _call_at_exit(self._leave)

    def _leave(self) -> None:
        self._watch.conclude()
        self.close()

    def _make_talk(self) -> Talk:
        return make_talk(self.settings, counts=self._counts, holder=self.holder)

    def _keep_rest(self) -> None:
        lines = self._buffer.take(sys.maxsize, sys.maxsize)
        if lines and self._spool.is_durable:
            self._spool.append(lines)
        elif lines:
            self._lose("program_ended", count_by_run(lines))
        held = self._spool.drop_held()
        if held:
            self._counts.add(dropped=held)
            self._counts.complain("program_ended", f"{held} events were not sent and are lost.")
        kept = self._spool.left()
        if kept:
            self._counts.complain(
                "kept", f"{kept} events were not sent; the next process sends them."
            )

    def _lose(self, cause: str, by_run: Mapping[str, int]) -> None:
        self._counts.add(dropped=sum(by_run.values()))
        self._counts.complain(cause, f"Events are lost ({cause}); they are counted.")
        self._gaps.note(cause, by_run)

    def _drop_spooled(self, by_run: Mapping[str, int], own: int) -> None:
        self._gaps.note("spool_full", by_run)
        self._counts.add(dropped=own)
        self._counts.complain("spool_full", "The spool is full; its oldest events are dropped.")
        if self._sender is not None:
            self._sender.note_dropped(own)

    def _report_gaps(self) -> None:
        # Not in the middle of a flood: one report of what it cost instead of one for each batch.
        if len(self._buffer) > self.settings.buffer_events // 2:
            return
        for run, cause, missing in self._gaps.take():
            event = GapReported(
                run=run,
                key=self._gap_producer.next_key(),
                at=self.now_ns(),
                cause=cause,
                missing=missing,
                producer=self._gap_producer.name,
            )
            self.put(Line(run, to_line(event)), reserved=True)


def _call_at_exit(close: Callable[[], None]) -> None:
    atexit.register(close)
    pools = sys.modules.get("multiprocessing.util")
    if pools is not None:
        # A child of multiprocessing leaves through os._exit and runs no atexit before Python 3.12.
        pools.Finalize(None, close, exitpriority=100)


def _restart_all() -> None:
    for client in list(CLIENTS):
        client.restart_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_restart_all)
