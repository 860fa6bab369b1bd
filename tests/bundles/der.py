"""The few forms of DER (X.690) that a time stamp is written in."""

from __future__ import annotations


def tlv(tag: int, *content: bytes) -> bytes:
    """One value: its tag, its length in the shortest form, its content."""
    body = b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*content: bytes) -> bytes:
    return tlv(0x30, *content)


def set_of(*members: bytes) -> bytes:
    """DER wants the members of a set in order."""
    return tlv(0x31, *sorted(members))


def context(number: int, *content: bytes) -> bytes:
    return tlv(0xA0 | number, *content)


def octets(data: bytes) -> bytes:
    return tlv(0x04, data)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, b"".join(map(_base128, (first * 40 + second, *rest))))


def _base128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | value & 0x7F)
    return bytes(reversed(digits))
