"""Ed25519 by `cryptography` where it is installed, by `ed25519` where not: the same answers.

OpenSSL takes keys that are no canonical encoding or of small order; both ways refuse them, by the same code.
"""

from __future__ import annotations

from collections.abc import Callable

from deliberation.bundle import ed25519

Verify = Callable[[bytes, bytes, bytes], bool]


def _with_cryptography() -> Verify | None:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except Exception:  # noqa: BLE001 - an installation that is broken in any way is one that is absent
        return None

    def verify(public: bytes, message: bytes, signature: bytes) -> bool:
        if ed25519.read_key(public) is None or len(signature) != 64:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return verify


_fast = _with_cryptography()
verify: Verify = _fast or ed25519.verify
IMPLEMENTATION = "cryptography" if _fast else "standard library"
