"""How an authority of time stamps (RFC 3161 over HTTP) is asked.

Guarantee: it is over in SECONDS (and as long as the system takes to resolve a name), whatever the other side does;
at most MAX_STAMP_BYTES are read; nothing is returned that an auditor's verifier would refuse. The address is the
operator's own, so that it is not judged, as those of webhooks are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from deliberation.bundle.time_stamps import (
    IS_AVAILABLE,
    MAX_STAMP_BYTES,
    MISSING,
    Authority,
    BadStamp,
    Stamp,
    make_query,
    read_authority,
)
from deliberation.bundle.verdict import Misuse
from traces.outgoing.addresses import BadAddress, read_target, resolve
from traces.outgoing.der_sets import order_certificates
from traces.outgoing.posting import NotPosted, exchange

SECONDS = 10.0
OK = 200
MOST_WRONG = dt.timedelta(hours=1)
HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "User-Agent": "deliberation-inspector",
}


class NotStamped(Exception):
    """No stamp was got, or one that does not hold; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class AuthorityAt:
    """The authority at an address, and the file of certificates that its stamps are checked with."""

    url: str
    certificates: str
    seconds: float = SECONDS

    def stamp(self, data: bytes, *, now: dt.datetime) -> tuple[bytes, Stamp]:
        """Return a stamp of some bytes, and what it says. Raises `NotStamped`."""
        try:
            authority = self.trusted()
            query = make_query(data)
            response = order_certificates(self._post(query.data))
            stamp = authority.check(response, data, nonce=query.nonce)
        except BadStamp as bad:
            raise NotStamped(f"{self.url} gave a stamp that does not hold: {bad}") from None
        except (Misuse, BadAddress, NotPosted, OSError, UnicodeError) as error:
            raise NotStamped(f"{self.url}: {error}") from None
        if abs(stamp.at - now) > MOST_WRONG:
            raise NotStamped(f"{self.url} says that it is {stamp.at}, which is not our time")
        return response, stamp

    def trusted(self) -> Authority:
        """Return what its stamps are checked with. Raises `Misuse`."""
        if not IS_AVAILABLE:
            raise Misuse(MISSING)
        return read_authority(self.certificates)

    def _post(self, query: bytes) -> bytes:
        target = read_target(self.url)
        addresses = resolve(target.host, target.port)
        answer = exchange(
            target, addresses, query, HEADERS, most=MAX_STAMP_BYTES, seconds=self.seconds
        )
        if answer.status != OK:
            raise NotPosted(f"it answered with status {answer.status}")
        return answer.body
