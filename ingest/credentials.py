"""Where a key stands in a request: each vendor's client has a place of its own for it.

Authorization: Bearer <key>
Authorization: Basic base64(<public>:<secret>)   Langfuse: the key as either half, or as both
x-api-key: <key>                                 LangSmith

`Bearer%20<key>` is the first one too: LiteLLM sends on what `OTEL_EXPORTER_OTLP_HEADERS` says without decoding it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote

MAX_KEY_CHARS = 512
"""No key of ours is near as long; what is longer is not looked up."""


def keys_in(headers: Mapping[str, str]) -> list[str]:
    """Return what may be a key in a request's headers, the likeliest first; names in any case."""
    scheme, _, given = _spaced(headers.get("Authorization", "").strip()).partition(" ")
    found: list[str] = []
    if scheme.lower() == "bearer":
        found.append(given)
    elif scheme.lower() == "basic":
        found.extend(reversed(_halves(given.strip())))
    found.append(headers.get("X-Api-Key", ""))
    keys = (each.strip() for each in found)
    return list(dict.fromkeys(key for key in keys if 0 < len(key) <= MAX_KEY_CHARS))


def _spaced(credentials: str) -> str:
    return credentials if " " in credentials else unquote(credentials)


def _halves(encoded: str) -> list[str]:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return []
    return decoded.split(":", 1)
