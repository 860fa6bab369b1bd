"""Base64 that has one form only: the standard alphabet, padded, no stray bits."""

from __future__ import annotations

import binascii
from base64 import b64encode


def decode(text: str, size: int | None = None) -> bytes | None:
    """Return the bytes, or None for what is not their one encoding or has another size."""
    try:
        data = binascii.a2b_base64(text)
    except (binascii.Error, ValueError):
        return None
    is_one = b64encode(data).decode("ascii") == text
    return data if is_one and size in (None, len(data)) else None
