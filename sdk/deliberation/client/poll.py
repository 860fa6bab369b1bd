"""One request whose answer may take long, waited for together with a call to wake up."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress

from deliberation.client.transport import Answer, Transport, Unreachable

JSON = {"Content-Type": "application/json"}


class Wakeup:
    """Ends another thread's `Poll.rest`. May be rung from anywhere, a signal handler too."""

    def __init__(self) -> None:
        self._hears, self._rings = socket.socketpair()
        self._hears.setblocking(False)
        self._rings.setblocking(False)
        self._is_rung = False

    @property
    def sock(self) -> socket.socket:
        """What becomes readable."""
        return self._hears

    def ring(self) -> None:
        """Wake the thread, now or when it comes to rest."""
        if not self._is_rung:
            self._is_rung = True
            with suppress(OSError):
                self._rings.send(b"\0")

    def quiet(self) -> None:
        """Take the ring in; one that comes after this is a new one."""
        with suppress(OSError):
            self._hears.recv(64)
        self._is_rung = False

    def close(self) -> None:
        """Give the sockets back."""
        self._hears.close()
        self._rings.close()


class Poll:
    """A request that the server answers when it has news, on a connection of its own.

    While it is pending, its thread rests, and can be woken to do something else meanwhile.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sent: tuple[str, bytes] | None = None
        self._is_reused = False

    @property
    def is_pending(self) -> bool:
        """True between `ask` and the answer."""
        return self._sent is not None

    @property
    def may_wait(self) -> bool:
        """False for the first request over TLS: what follows the handshake would look like an answer."""
        return self._transport.is_open or not self._transport.is_secure

    def ask(self, path: str, body: bytes) -> None:
        """Post without waiting for the answer. Raises `Unreachable`."""
        self._is_reused = self._transport.is_open
        self._transport.send("POST", path, body, JSON)
        self._sent = (path, body)

    def rest(self, wakeup: Wakeup, seconds: float | None) -> bool:
        """Wait until something comes, or somebody rings, or for so long; True for an answer."""
        sock = self._transport.sock if self._sent else None
        with selectors.DefaultSelector() as selector:
            selector.register(wakeup.sock, selectors.EVENT_READ)
            if sock is not None:
                selector.register(sock, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select(seconds)}
        if wakeup.sock in ready:
            wakeup.quiet()
        return sock is not None and sock in ready

    def take(self) -> Answer | None:
        """Return the answer that is there; None when it had to be asked again. Raises `Unreachable`."""
        sent, self._sent = self._sent, None
        try:
            return self._transport.receive()
        except Unreachable:
            # The server may have closed the kept connection in the moment of the request.
            if sent is None or not self._is_reused:
                raise
            self.ask(*sent)
            return None

    def abandon(self) -> None:
        """Let go of the request and of its connection."""
        self._sent = None
        self._transport.close()
