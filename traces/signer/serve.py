"""The socket: many may ask at once, and none can keep the others waiting."""

from __future__ import annotations

import fcntl
import os
import socketserver
import threading
import time
from pathlib import Path

from traces.signer.keys import Unusable
from traces.signer.messages import MAX_LINE_BYTES, answer
from traces.signer.sign import Signer

PATIENCE_SECONDS = 10.0
MAX_CONNECTIONS = 64
UMASK = 0o177
"""Whoever may connect may have things signed, so only the owner may."""


class _Connection(socketserver.StreamRequestHandler):
    """One client; as many requests as it likes, each within the time that one may take."""

    timeout = PATIENCE_SECONDS
    server: Server

    def handle(self) -> None:
        """Answer line by line until the client leaves, stalls, or sends a line that is too long."""
        try:
            while line := self.rfile.readline(MAX_LINE_BYTES):
                if not line.endswith(b"\n"):
                    return
                self.wfile.write(answer(line, self.server.signer, now_ns=time.time_ns()))
        except OSError:
            return


class Server(socketserver.ThreadingUnixStreamServer):
    """Serves one signer on one socket."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, signer: Signer) -> None:
        self.signer = signer
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        path.unlink(missing_ok=True)
        before = os.umask(UMASK)
        try:
            super().__init__(str(path), _Connection)
        finally:
            os.umask(before)

    def process_request(self, request: object, client_address: object) -> None:
        """Wait for a free place: those that are taken are given back within the patience of their clients."""
        self._free.acquire()
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Serve one client in a thread of its own."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._free.release()


def hold(directory: Path) -> int:
    """Take the directory for this process until it ends; return the open lock. Raises `Unusable`."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unusable(f"another signer runs on {directory}") from None
    return descriptor
