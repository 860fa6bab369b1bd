"""Keeps children alive, and stops them in order.

Guarantee: whatever ends the supervisor ends its children (a parent-death signal, see `children`);
whatever ends a child starts it again, sooner first and then more slowly.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from inspector.local.children import Child, Program, Starter, rotate
from inspector.local.progress import Progress
from inspector.local.trouble import last_words

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 30.0
FALLS_UNTIL_TOLD = 4


class Stopping(BaseException):
    """Ctrl-C or SIGTERM arrived; not an error."""


@dataclass(slots=True)
class _Kept:
    """A child that is to live, and how often it fell of late."""

    child: Child
    falls: int = 0
    due: float | None = None


class Supervisor(Starter):
    """Owns the children of one data directory. Single-threaded: a parent-death signal follows the
    thread that forked, and a fork next to threads is a gamble.

    Signals are noted, and acted upon in `pause` only: a handler that raised could do so inside
    `Popen.poll`, leave its lock taken, and have the stop wait for that lock for ever.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self._kept: dict[str, _Kept] = {}
        self._once: list[Child] = []
        self._wake, wake_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        self._is_told_to_stop = False
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note)

    def start(self, program: Program) -> Child:
        """Starts a child that is to live until the end."""
        rotate(program.log)
        child = Child(program)
        self._kept[program.name] = _Kept(child)
        return child

    def start_once(self, program: Program) -> Child:
        """Starts a child that is expected to end; `stop_all` ends it early."""
        rotate(program.log)
        child = Child(program)
        self._once.append(child)
        return child

    def keep_alive(self, *, on_end: Callable[[Child], None]) -> None:
        """Never returns by itself: `Stopping` ends it. `on_end` hears of `start_once` children."""
        while True:
            for ended in [child for child in self._once if not child.is_running()]:
                self._once.remove(ended)
                on_end(ended)
            for kept in self._kept.values():
                self._mend(kept)
            self.pause(self._longest_nap())

    def pause(self, seconds: float) -> None:
        """Sleeps until then or until a signal; raises `Stopping` once told to stop."""
        select.select([self._wake], [], [], 0 if self._is_told_to_stop else seconds)
        self._drain_wakeups()
        if self._is_told_to_stop:
            raise Stopping

    def stop_all(self) -> None:
        """Stops the waves one after the other; in a wave all at once, the slow by force."""
        children = [*self._once, *(kept.child for kept in self._kept.values())]
        for wave in sorted({child.program.wave for child in children}):
            self._stop_wave([child for child in children if child.program.wave == wave])

    def _stop_wave(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        start = time.monotonic()
        for child in children:
            left = child.program.patience - (time.monotonic() - start)
            if not child.wait(max(left, 0.1)):
                self.progress.say(f"{child.program.name} did not stop in time and was killed.")
            child.kill_session()

    def _mend(self, kept: _Kept) -> None:
        now = time.monotonic()
        if kept.due is not None:
            if now >= kept.due:
                kept.child, kept.due = Child(kept.child.program), None
        elif not kept.child.is_running():
            self._plan_restart(kept, now)

    def _plan_restart(self, kept: _Kept, now: float) -> None:
        child = kept.child
        child.kill_session()
        kept.falls = 1 if now - child.started > HEALTHY_AFTER else kept.falls + 1
        pause = min(FIRST_PAUSE * 2 ** (kept.falls - 1), LONGEST_PAUSE)
        kept.due = now + pause
        name, log = child.program.name, child.program.log
        if kept.falls < FALLS_UNTIL_TOLD:
            self.progress.say(f"{name} ended ({_tell_end(child)}) and is started again.")
        elif kept.falls == FALLS_UNTIL_TOLD:
            self.progress.say(
                f"{name} ends each time it is started: {last_words(log)} (see {log});"
                f" tried again more and more slowly."
            )

    def _longest_nap(self) -> float:
        dues = [kept.due for kept in self._kept.values() if kept.due is not None]
        return max(min(dues) - time.monotonic(), 0.0) if dues else 5.0

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._is_told_to_stop = True

    def _drain_wakeups(self) -> None:
        try:
            os.read(self._wake, 4096)
        except BlockingIOError:
            return


def _tell_end(child: Child) -> str:
    code = child.process.returncode
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
