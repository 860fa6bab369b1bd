"""A command in a process group of its own: signalled, waited for, and ended for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

LOOK_SECONDS = 0.02
KILLED_SECONDS = 5.0


class Process:
    """One command and everything in its group. Raises OSError when it cannot be started."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], **how: Any) -> None:
        # Popen's own `process_group` came with Python 3.11. No thread of ours runs yet, or it says how.
        how = how or {"preexec_fn": os.setpgrp}
        self._popen = subprocess.Popen(command, env=dict(environ), **how)
        self.group = self._popen.pid

    @property
    def input(self) -> IO[bytes]:
        """Its standard input, where that is a pipe."""
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def errors(self) -> IO[bytes]:
        """Its standard error, where that is a pipe."""
        assert self._popen.stderr is not None
        return self._popen.stderr

    def wait(self) -> int:
        """Wait for the command; return its exit code, 128 + n where signal n ended it."""
        self._popen.wait()
        return self.code

    @property
    def code(self) -> int:
        """The exit code of a command that has ended, 128 + n where signal n ended it."""
        code = self._popen.returncode
        return code if code >= 0 else 128 - code

    @property
    def has_ended(self) -> bool:
        """True when the command was seen to end."""
        return self._popen.returncode is not None

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)

    def signal_rest(self) -> None:
        """End what a command that has ended left behind in its group."""
        if is_alive(self.group):
            self.signal(signal.SIGKILL)

    def end(self, grace: float) -> bool:
        """Ask the group to end, and end it after `grace` seconds; True when nobody of it is left.

        The command itself counts as gone only when `wait`, in another thread, has seen its end.
        """
        self.signal(signal.SIGTERM)
        if not self._is_gone_within(grace):
            self.signal(signal.SIGKILL)
        return self._is_gone_within(KILLED_SECONDS)

    def _is_gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not (self.has_ended and not is_alive(self.group)):
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_SECONDS)
        return True


def is_alive(group: int) -> bool:
    """Return True while a process of the group runs. A zombie, whom nobody has waited for, does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    members = [stat for path in Path("/proc").glob("[0-9]*/stat") if (stat := _read(path))]
    return not members or any(stat[2] == str(group) and stat[0] != "Z" for stat in members)


def _read(path: Path) -> list[str]:
    """Return state, parent, group, … of a process (proc_pid_stat(5)); empty when it is gone."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
