"""The certificates of a time stamp, put into the order that DER wants of a set (X.690 §11.6).

Many authorities, those by OpenSSL among them, leave them in another one, which readers of DER rightly refuse. Nothing
that is signed is touched: a CMS signature does not cover the certificates, and their bytes only change places.
"""

from __future__ import annotations

from typing import NamedTuple

CERTIFICATES = 0xA0


class _Value(NamedTuple):
    tag: int
    start: int
    body: int
    end: int


def order_certificates(response: bytes) -> bytes:
    """Return an RFC 3161 response with its certificates in order; one that is no such response as it is."""
    try:
        [_, token] = _members(response, _read(response, 0))
        [_, content] = _members(response, token)
        [signed] = _members(response, content)
        sets = [each for each in _members(response, signed) if each.tag == CERTIFICATES]
        for each in sets:
            members = sorted(response[m.start : m.end] for m in _members(response, each))
            response = response[: each.body] + b"".join(members) + response[each.end :]
    except (ValueError, IndexError):
        return response
    return response


def _members(data: bytes, value: _Value) -> list[_Value]:
    found: list[_Value] = []
    at = value.body
    while at < value.end:
        found.append(_read(data, at))
        at = found[-1].end
    return found


def _read(data: bytes, at: int) -> _Value:
    """Return the value at a place. Raises ValueError and IndexError for what is none."""
    first = data[at + 1]
    body = at + 2 + (first & 0x7F if first & 0x80 else 0)
    size = int.from_bytes(data[at + 2 : body], "big") if first & 0x80 else first
    if body + size > len(data):
        raise ValueError("cut off")
    return _Value(data[at], at, body, body + size)
