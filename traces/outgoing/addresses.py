"""Where a message may be sent: what an address names, and which networks are out of bounds.

Guarantee: a name is resolved once, each address that it has is judged, and the connection goes to one that was judged.
So a name that answers otherwise the second time (DNS rebinding) gains nothing. An address is refused when it is not
of the public internet: private, loopback, link-local, multicast, reserved, a cloud's metadata, or one of these in IPv6.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

MAX_URL_CHARS = 2000
PORTS = {"http": 80, "https": 443}
METADATA = (ip_network("168.63.129.16"), ip_network("192.0.0.0/24"))
"""Azure's and Oracle's, which count as public; the others' are link-local, unique local or shared space."""
NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class BadAddress(ValueError):
    """Nothing is sent there; the message is a sentence about why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `path` has the query; `host` is as it was written, in small letters."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_target(url: str) -> Target:
    """Take an http or https address apart. Raises BadAddress."""
    if len(url) > MAX_URL_CHARS:
        raise BadAddress(f"must have at most {MAX_URL_CHARS} characters")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress("must be written in ASCII without blanks")
    try:
        parts, port = _split(url)
    except ValueError:
        raise BadAddress("is no address") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadAddress("must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("must not carry a name or password: everybody who sees it would see them")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)


def _split(url: str) -> tuple[SplitResult, int | None]:
    parts = urlsplit(url)
    if parts.port == 0:
        raise ValueError
    return parts, parts.port


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host. Raises OSError. How long it takes is the system resolver's business."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def judge(target: Target, allowed: Sequence[str], resolve: Resolve = resolve) -> list[str]:
    """Resolve a host and return its addresses, in the order to try them. Raises BadAddress.

    `allowed` names hosts, addresses or networks that may be reached although they are not public. One address out of
    bounds among many refuses the host: which one is tried first is not for it to choose.
    """
    try:
        found = resolve(target.host, target.port)
    except (OSError, UnicodeError) as error:
        raise BadAddress(f"{target.host} has no address: {error}") from None
    if not found:
        raise BadAddress(f"{target.host} has no address")
    if target.host not in allowed:
        for each in found:
            _check(target.host, each, allowed)
    return list(found)


def _check(host: str, text: str, allowed: Sequence[str]) -> None:
    address = ip_address(text.partition("%")[0])
    if is_public(address) or any(_holds(network, address) for network in allowed):
        return
    raise BadAddress(f"{host} is at {text}, which is not of the public internet")


def is_public(address: Address) -> bool:
    """True for an address that anybody could reach, and that is nobody's metadata."""
    inner = _inside(address)
    if inner is not None and not is_public(inner):
        return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    is_site_local = isinstance(address, IPv6Address) and address.is_site_local
    is_metadata = any(address in network for network in METADATA)
    return address.is_global and not (is_special or is_site_local or is_metadata)


def _inside(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, if it does."""
    if not isinstance(address, IPv6Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo and teredo[1])


def _holds(network: str, address: Address) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:
        return False  # the name of a host
