"""What the steps of one run reserve at the server, where several processes spend from one budget."""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

from deliberation.client.client import Client
from deliberation.client.connect import make_transport
from deliberation.client.inquiry import AGAIN, JSON, RETRY_SECONDS, TRY_SECONDS
from deliberation.client.settling import Settling
from deliberation.client.transport import Answer, Transport, Unreachable
from deliberation.vocabulary import Dimension

LOG = logging.getLogger("deliberation")
SHORT = "Short"
FIRST_WORD_SECONDS = 10.0
"""How long a shared run waits at its begin, and a process that joins it, for the server to say what is limited."""
AWAY = (502, 503, 504)
"""A proxy answers so for a server that is gone, and a server for itself while it goes."""
NOT_REACHED = "the inspector cannot be reached, and several processes spend from this run's budget"

Amounts = Mapping[Dimension, Decimal]
Plain = dict[str, Any]


class Refused(Exception):
    """The server keeps no account for this run, or cannot be reached."""


class Ended(Exception):
    """The run has ended, or is to end: nothing may be spent in it any more."""


class Booking:
    """One reservation. It is settled once, or given back when nobody holds it any more."""

    def __init__(self, bookings: Bookings, name: str) -> None:
        self._bookings = bookings
        self._name = name
        self._is_over = False
        self._within: dict[Dimension, Decimal] = {}

    def settle(self, spent: Amounts) -> None:
        """Say what the step came to."""
        total = {**self._within, **spent}
        for each in self._within.keys() & spent.keys():
            total[each] = self._within[each] + spent[each]
        self._end("settle", {"spent": write_amounts(total)})

    def carry(self, spent: Amounts) -> None:
        """Take in what a step within this one came to, which spent what was reserved here."""
        for each, amount in spent.items():
            self._within[each] = self._within.get(each, Decimal(0)) + amount

    def release(self) -> None:
        """Give all of it back: the step was not begun."""
        self._end("release", {})

    def __del__(self) -> None:
        """Give it back: the program has let go of the step."""
        self.release()

    def _end(self, act: str, said: Plain) -> None:
        if not self._is_over:
            self._is_over = True
            self._bookings.tell(f"{self._name}/{act}", said)


class Bookings:
    """The requests of one process about one run's reservations.

    Reserving blocks its thread for a round trip; a server that does not answer is tried for
    `TRY_SECONDS`. What is settled is told by a thread of its own, in order, and tried as long; a
    reservation that nobody settles is over when its process has been silent for a lease.
    """

    def __init__(self, client: Client, run: str) -> None:
        self._client = client
        self._path = f"/v1/control/{run}/reservations"
        self._idle: deque[Transport] = deque()
        self._settling = Settling()
        self._unknown_since: float | None = None
        self._is_closed = False

    def reserve(self, amounts: Amounts) -> Booking | Plain:
        """Return a reservation of all of it, or what the server says is short.

        Raises `Refused` and `Ended`.
        """
        name = str(uuid4())
        said = {"id": name, "amounts": write_amounts(amounts), "holder": self._client.holder}
        answer = self._post(self._path, said)
        plain = answer.json()
        if answer.status == 409 and plain.get("title") == SHORT:
            return plain
        if answer.status == 409:
            raise Ended(str(plain.get("detail") or "the run has ended"))
        if answer.status != 200:
            raise Refused(str(plain.get("detail") or f"status {answer.status}"))
        booking = Booking(self, name)
        lines = plain.get("budgets")
        known = {each.get("dimension") for each in lines or () if isinstance(each, dict)}
        if known.issuperset(each.value for each in amounts):
            self._unknown_since = None
            return booking
        booking.release()
        return self._wait_for_lines()

    def _wait_for_lines(self) -> Plain:
        """The server has not read yet what the run states, so it has limited nothing: not for long."""
        now = time.monotonic()
        self._unknown_since = self._unknown_since or now
        if now - self._unknown_since > TRY_SECONDS:
            raise Refused("the inspector does not know the limits of the run")
        return {}

    def tell(self, path: str, said: Plain) -> None:
        """Tell something soon."""
        self._settling.put(lambda: self._tell(f"{self._path}/{path}", said))

    def close(self, seconds: float) -> None:
        """Wait until all is told, or for so long; keep no connection."""
        self._settling.close(seconds)
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    def _tell(self, path: str, said: Plain) -> None:
        try:
            answer = self._post(path, said)
        except Refused as error:
            LOG.warning("What a step spent could not be settled: %s", error)
            return
        if answer.status not in (200, 404, 409):
            LOG.warning("What a step spent could not be settled: status %s", answer.status)

    def _post(self, path: str, said: Plain) -> Answer:
        body = json.dumps(said).encode()
        answer = None
        for _ in _tries():
            try:
                with self._transport() as transport:
                    answer = transport.request("POST", path, body, JSON)
            except Unreachable:
                answer = None
                continue
            if answer.status not in AGAIN:
                return answer
        if answer is None or answer.status in AWAY:
            raise Refused(NOT_REACHED)
        return answer

    @contextmanager
    def _transport(self) -> Iterator[Transport]:
        try:
            transport = self._idle.pop()
        except IndexError:
            transport = make_transport(self._client.settings)
        try:
            yield transport
        except BaseException:
            transport.close()
            raise
        if self._is_closed:
            transport.close()
        else:
            self._idle.append(transport)


def write_amounts(amounts: Amounts) -> dict[str, str]:
    """Return amounts by the name of their dimension."""
    return {each.value: f"{amount:f}" for each, amount in amounts.items()}


def _tries() -> Iterator[None]:
    deadline = time.monotonic() + TRY_SECONDS
    waits = iter(RETRY_SECONDS)
    while True:
        yield
        wait = next(waits, RETRY_SECONDS[-1])
        if time.monotonic() + wait > deadline:
            return
        time.sleep(wait)
