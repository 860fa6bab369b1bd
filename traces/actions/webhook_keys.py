"""The key that a webhook's messages are signed with: computed from the server's own secret, stored nowhere.

So a copy of the database signs nothing. Whoever changes SECRET_KEY keeps the old one in SECRET_KEY_FALLBACKS for as
long as webhooks made under it are to go on; else their messages wait, with a sentence that says so.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings

from traces.models import Webhook

PURPOSE = b"deliberation-inspector webhook "


class KeyIsGone(Exception):
    """The server's secret is another one than when the webhook was made; the message is a sentence."""


def compute_key(webhook_id: uuid.UUID, secret: str) -> bytes:
    """Return 32 bytes."""
    return hmac.digest(secret.encode(), PURPOSE + webhook_id.bytes, hashlib.sha256)


def fingerprint(key: bytes) -> bytes:
    """Return what may be stored of a key."""
    return hashlib.sha256(key).digest()


def key_of(webhook: Webhook) -> bytes:
    """Return the key as its receiver was told it. Raises KeyIsGone."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = compute_key(webhook.id, secret)
        if hmac.compare_digest(fingerprint(key), bytes(webhook.fingerprint)):
            return key
    raise KeyIsGone("SECRET_KEY was changed since: end this webhook and make another")
