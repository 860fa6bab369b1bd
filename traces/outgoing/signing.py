"""Signatures of the Standard Webhooks specification, version 1 (standardwebhooks.com), symmetric.

    webhook-id: msg_…        webhook-timestamp: seconds since 1970        webhook-signature: v1,<base64>

The signature is the HMAC-SHA256 of `id.timestamp.body` under the bytes whose base64 follows `whsec_` in the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"
SECRET_BYTES = 32


def write_secret(key: bytes) -> str:
    """Return a key as its receiver is told it."""
    return PREFIX + base64.b64encode(key).decode()


def signed_headers(*, key: bytes, message_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """Return the three headers of one message, sent at `seconds` since 1970."""
    said = f"{message_id}.{seconds}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{signature}",
    }
