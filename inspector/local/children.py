"""Child processes that cannot outlive their supervisor."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.local.trouble import Trouble, last_words

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How one child is started and stopped.

    `stop` is the signal that ends it in order, `orphaned` the one that the kernel sends it when
    the supervisor dies; `wave` is its place in the order of stopping, lowest first.
    """

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str]
    wave: int
    stop: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    niceness: int = 0
    keep_fds: tuple[int, ...] = ()
    popen_arguments: Mapping[str, Any] = field(default_factory=dict)
    cwd: Path | None = None


class Child:
    """A running program, leader of its own session, its output in its log."""

    def __init__(self, program: Program) -> None:
        self.program = program
        with program.log.open("ab") as log:
            self.process = subprocess.Popen(
                program.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(program.env),
                cwd=program.cwd,
                start_new_session=True,
                pass_fds=program.keep_fds,
                preexec_fn=_bind_to(os.getpid(), program),
                **program.popen_arguments,
            )
        self.started = time.monotonic()

    def is_running(self) -> bool:
        """Whether it lives; reaps it when it does not."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Sends the signal that it stops on in order."""
        with suppress(ProcessLookupError):
            self.process.send_signal(self.program.stop)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within `seconds`; reaps it."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill_session(self) -> None:
        """SIGKILL to it and to whatever it started and left behind in its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Starter:
    """Starts programs and waits; the supervisor is one that also minds them and hears signals."""

    def start(self, program: Program) -> Child:
        """A running child."""
        return Child(program)

    def pause(self, seconds: float) -> None:
        """Lets at most this time pass."""
        time.sleep(seconds)


def await_ready(
    starter: Starter, child: Child, is_ready: Callable[[], bool], *, seconds: float
) -> None:
    """Returns when the child is ready; `Trouble` with its last words when it ends or stalls."""
    name, log = child.program.name, child.program.log
    deadline = time.monotonic() + seconds
    while not is_ready():
        if not child.is_running():
            raise Trouble(f"{name} did not start: {last_words(log)} (see {log})")
        if time.monotonic() > deadline:
            raise Trouble(f"{name} was not ready in {seconds:.0f} s: {last_words(log)} (see {log})")
        starter.pause(0.02)


def rotate(log: Path) -> None:
    """Keeps the log of the start before this one as `name.log.1`."""
    with suppress(FileNotFoundError):
        log.replace(log.with_name(log.name + ".1"))


def _bind_to(supervisor: int, program: Program) -> Callable[[], None]:
    """Run in the child between fork and exec, after it has changed its user.

    A change of user clears the parent-death signal, which is why this is not done earlier; and a
    supervisor that died before the call is noticed by its pid.
    """

    def bind() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(program.orphaned), 0, 0, 0)
        if os.getppid() != supervisor:
            os._exit(1)
        # What we ignore would be ignored by them: see `terminal`; and a shell that starts us in its background lets us
        # ignore interrupts and quits, so that a worker orphaned before it has handlers of its own would stay for good.
        for number in (signal.SIGTTOU, signal.SIGTSTP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if program.niceness:
            os.nice(program.niceness)

    return bind
