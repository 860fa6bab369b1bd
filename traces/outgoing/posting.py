"""One POST to a server that nobody vouches for.

Guarantee: it is over in `seconds`, whatever the other side does (a timer cuts the line), no redirect is followed,
nothing of the answer is read but its head and as much as is asked for, no proxy of the environment is asked, and the
certificate must be good for the host that was named, though the connection goes to an address that was judged before.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from traces.outgoing.addresses import Target

SECONDS = 10.0


class NotPosted(Exception):
    """Nothing answered, or not in time; the message is a sentence."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


@dataclass(slots=True)
class _Line:
    """The socket that the timer cuts: after the handshake it is another one."""

    socket: socket.socket
    is_cut: bool = False

    def cut(self) -> None:
        self.is_cut = True
        with contextlib.suppress(OSError):
            # The plain socket's own: TLS would say farewell first, to somebody who does not listen.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


def post(
    target: Target,
    addresses: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float = SECONDS,
    tls: ssl.SSLContext | None = None,
) -> int:
    """Post to one of the addresses of a host, and return the status of the answer. Raises NotPosted."""
    return exchange(target, addresses, body, headers, most=0, seconds=seconds, tls=tls).status


def exchange(
    target: Target,
    addresses: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    *,
    most: int,
    seconds: float = SECONDS,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Post, and return the answer with at most so many bytes of body, or none. Raises NotPosted, also for more."""
    end = time.monotonic() + seconds
    line = _Line(_connect(addresses, target.port, end))
    try:
        with _cut_at(line, end):
            if target.scheme == "https":
                _secure(line, target.host, tls)
            answer = _ask(line.socket, target, body, headers, most)
    except (OSError, http.client.HTTPException, ValueError) as error:
        # The socket still has the patience it was connected with, which ends in the same moment.
        is_late = line.is_cut or isinstance(error, TimeoutError)
        raise NotPosted(_late(seconds) if is_late else _told(error)) from None
    finally:
        line.socket.close()
    if line.is_cut:  # in the middle of the answer
        raise NotPosted(_late(seconds))
    if len(answer.body) > most:
        raise NotPosted(f"the answer has more than {most} bytes")
    return answer


def _connect(addresses: Sequence[str], port: int, end: float) -> socket.socket:
    why = "no address"
    for address in addresses:
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            why = f"{address}: {_told(error)}"
    raise NotPosted(f"no connection: {why}")


@contextlib.contextmanager
def _cut_at(line: _Line, end: float) -> Iterator[None]:
    timer = threading.Timer(max(0.0, end - time.monotonic()), line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _secure(line: _Line, host: str, tls: ssl.SSLContext | None) -> None:
    context = tls or ssl.create_default_context()
    secured = context.wrap_socket(line.socket, server_hostname=host, do_handshake_on_connect=False)
    line.socket = secured
    if line.is_cut:
        raise TimeoutError  # cut between the one socket and the other
    secured.do_handshake()


def _ask(
    line: socket.socket, target: Target, body: bytes, headers: Mapping[str, str], most: int
) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.auto_open = 0
    connection.sock = line
    given = {"Host": target.authority, "Connection": "close", **headers}
    connection.request("POST", target.path, body, given)
    response = connection.getresponse()
    return Answer(response.status, response.read(most + 1) if most else b"")


def _late(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


def _told(error: Exception) -> str:
    """Return a sentence for people: what other side's bytes are in it is cut short."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    return (str(error) or type(error).__name__)[:200]
