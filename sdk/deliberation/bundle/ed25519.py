"""Ed25519, verifying only, in the standard library (RFC 8032 §5.1.7, in its strict reading).

    valid  ⇔  S < L,  A is canonical and not of small order,  and  encode([S]B − [H(R ‖ A ‖ M)]A) = R

The equation is taken without the cofactor and R is compared as bytes, as OpenSSL does. A public key must be the one
encoding of its point (y < p, no negative zero): otherwise one key has two ids. A key of small order is refused, since a
signature by it may fit many messages. Only public values are handled, so nothing here takes constant time.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
"""Extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z."""
NEUTRAL: Point = (0, 1, 1, 0)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return True when the signature is that of the key over the message."""
    point = read_key(public)
    if point is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    digest = sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % L
    x, y, z, t = point
    reached = _sum_of_multiples(s, BASE, h, (P - x, y, z, P - t))
    return _encode(reached) == signature[:32]


@lru_cache(maxsize=256)
def read_key(public: bytes) -> Point | None:
    """Return the point of a public key; None for what is no canonical encoding, or of small order."""
    if len(public) != 32:
        return None
    point = _decode(public)
    if point is None:
        return None
    x, y, z, _ = _double(_double(_double(point)))
    return None if x == 0 and y == z else point


def _decode(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encode(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _add(one: Point, other: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(point: Point) -> Point:
    x, y, z, _ = point
    a, b, c = x * x % P, y * y % P, 2 * z * z % P
    h, g = a + b, a - b
    e, f = h - (x + y) ** 2, c + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _sum_of_multiples(a: int, one: Point, b: int, other: Point) -> Point:
    """Return [a]one + [b]other, doubling for both at once."""
    summands = (NEUTRAL, one, other, _add(one, other))
    total = NEUTRAL
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _double(total)
        if chosen := (a >> bit & 1) | (b >> bit & 1) << 1:
            total = _add(total, summands[chosen])
    return total


_BASE_Y = 4 * pow(5, P - 2, P) % P
_base = _decode(_BASE_Y.to_bytes(32, "little"))
assert _base is not None
BASE: Point = _base
