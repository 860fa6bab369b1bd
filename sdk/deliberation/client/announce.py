"""Telling the supervisor, whose process this is, which runs are live in it."""

from __future__ import annotations

import json
import socket

from deliberation.control import Gate

PATH = "INSPECTOR_SUPERVISOR"
"""The environment's name for the supervisor's socket."""


class Announcer:
    """Datagrams to a socket of `deliberation exec`, never waited for. Without a path nothing is said.

    A run is `owned` as long as the supervisor takes what it is told: only then may it be killed.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        if path is not None and hasattr(socket, "AF_UNIX"):
            made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            made.setblocking(False)
            self._socket = made
        self.is_owned = self._socket is not None and self._send(b"{}")

    def say(self, gate: Gate, holder: str) -> None:
        """Say in which attempt and state a run is."""
        if self._socket is None or gate.is_listener or gate.attempt is None:
            return
        plain = {"run": gate.run, "attempt": gate.attempt, "holder": holder}
        said = json.dumps({**plain, "state": gate.state.value}).encode()
        self.is_owned = self._send(said)
        gate.is_owned = self.is_owned

    def close(self) -> None:
        """Say no more."""
        if self._socket is not None:
            self._socket.close()

    def _send(self, said: bytes) -> bool:
        assert self._socket is not None
        try:
            self._socket.sendto(said, str(self._path))
        except BlockingIOError:
            return True  # a queue that is full has somebody who will read it
        except OSError:
            return False
        return True
