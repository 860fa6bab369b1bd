"""Run a command, own its process, and end it for certain when that is asked for."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from deliberation.client.announce import PATH as SUPERVISOR
from deliberation.client.connect import make_holder, make_talk, make_transport
from deliberation.client.counts import Counts
from deliberation.client.settings import Settings
from deliberation.client.watch import Watch
from deliberation.supervisor.owned import Owned, Runs
from deliberation.supervisor.process import Process
from deliberation.supervisor.report import acknowledge, report_state
from deliberation.supervisor.terminal import lent_terminal
from deliberation.vocabulary import CommandKind, CommandStage, DesiredState, ObservedState

FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")
SILENT_SECONDS = 7.0
LOOK_SECONDS = 1.0
MAX_DATAGRAM = 4096


def supervise(
    settings: Settings, command: Sequence[str], *, grace: float, environ: Mapping[str, str]
) -> int:
    """Run `command` in a process group of its own; return its exit code, 128 + n after signal n.

    A kill of a run in it sends SIGTERM to the group and, after `grace` seconds, SIGKILL; the run is
    reported as killed only when the command was waited for and nobody of its group is left. Runs
    that were live in a command that ended are reported as crashed. Raises OSError when the command
    cannot be started.
    """
    if not settings.enabled:
        with _forwarding() as send_to:
            process = Process(command, environ)
            send_to(process)
            with lent_terminal(process):
                return process.wait()
    with tempfile.TemporaryDirectory(prefix="deliberation-") as folder, listening(folder) as heard:
        with _forwarding() as send_to:
            process = Process(command, {**environ, SUPERVISOR: heard.getsockname()})
            send_to(process)
            supervisor = Supervisor(settings, process, heard, grace=grace)
            with lent_terminal(process):
                supervisor.start()
                code = process.wait()
        supervisor.finish()
        return code


class Supervisor:
    """Listens for the command's runs beside it, and speaks for them when it cannot."""

    def __init__(
        self, settings: Settings, process: Process, heard: socket.socket, *, grace: float
    ) -> None:
        self._process = process
        self._socket = heard
        self._grace = grace
        self._exit_seconds = settings.exit_seconds
        self._transport = make_transport(settings)
        self._runs = Runs(self._begin)
        self._watch = Watch(
            lambda: make_talk(settings, counts=Counts(), holder=make_holder(os.urandom))
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._killer: threading.Thread | None = None
        self._killed: list[Owned] = []
        self._is_gone = False
        self._lock = threading.Lock()
        self._ending = False

    def start(self) -> None:
        """Begin to listen to the command."""
        self._listener.start()

    def finish(self) -> None:
        """Say what became of the runs that were live when the command ended."""
        self._ending = True
        self._wake()
        self._listener.join()
        if self._killer is not None:
            self._killer.join()
        self._watch.stop(self._exit_seconds)
        for owned in self._runs.live():
            if owned not in self._killed:
                self._say(owned, ObservedState.CRASHED)
            elif self._is_gone:
                self._stage(owned, CommandStage.APPLIED)
                self._say(owned, ObservedState.KILLED)
        self._transport.close()

    def _listen(self) -> None:
        self._socket.settimeout(LOOK_SECONDS)
        while True:
            try:
                self._runs.hear(self._socket.recv(MAX_DATAGRAM))
            except TimeoutError:
                # A command that is stuck in a call that holds all its threads has not left its runs.
                for owned in self._runs.silent(SILENT_SECONDS):
                    self._say(owned, owned.state)
            except BlockingIOError:
                return
            if self._ending:
                self._socket.setblocking(
                    False
                )  # what has come is still heard, and no more waited for

    def _wake(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as knock, suppress(OSError):
            knock.sendto(b"{}", self._socket.getsockname())

    def _begin(self, owned: Owned) -> None:
        owned.gate.ear.listeners.append(lambda word: self._obey(owned, word.desired))
        self._watch.begin(owned.gate)

    def _obey(self, owned: Owned, desired: DesiredState | None) -> None:
        if desired is not DesiredState.KILL or owned in self._killed:
            return
        self._killed.append(owned)
        self._stage(owned, CommandStage.ACKNOWLEDGED)
        self._say(owned, ObservedState.KILLING)
        if self._killer is None:
            self._killer = threading.Thread(target=self._kill, daemon=True)
            self._killer.start()

    def _kill(self) -> None:
        self._is_gone = self._process.end(self._grace)

    def _stage(self, owned: Owned, stage: CommandStage) -> None:
        command, _ = owned.gate.ear.orders.newest(CommandKind.KILL)
        if command is not None:
            with self._lock:
                acknowledge(self._transport, owned, command, stage)

    def _say(self, owned: Owned, state: ObservedState) -> None:
        with self._lock:
            report_state(self._transport, owned, state)


@contextmanager
def listening(folder: str) -> Iterator[socket.socket]:
    """Yield a socket in a folder, on which a command announces its runs."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(Path(folder) / "s"))
        yield made


@contextmanager
def _forwarding() -> Iterator[Callable[[Process], None]]:
    """Send on to the command what is sent to us, as soon as it is there: yields what names it."""
    processes: list[Process] = []
    early: list[int] = []

    def send_on(number: int, _: object) -> None:
        if processes:
            processes[0].signal(number)
        else:
            early.append(number)

    def send_to(process: Process) -> None:
        processes.append(process)
        for number in early:
            process.signal(number)

    numbers = [getattr(signal, name) for name in FORWARDED if hasattr(signal, name)]
    before = {number: signal.signal(number, send_on) for number in numbers}
    try:
        yield send_to
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
