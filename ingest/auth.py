"""Keys of machines at the door."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.pool import open_pool


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the project its key belongs to, and the key's first characters."""

    project: int
    key_prefix: str


class Unauthorised(Exception):
    """No key, or none that is known: 401."""


class Forbidden(Exception):
    """A key without the scope that is needed: 403."""


async def authenticate(authorization: str | None, scope: str) -> Sender:
    """Return the sender behind an Authorization header. Raises Unauthorised or Forbidden.

    The key is looked up by its SHA-256 at each request: a revoked key is refused at once, and the time that takes
    tells nothing of the key.
    """
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Unauthorised("send the key as: Authorization: Bearer <key>")
    digest = hashlib.sha256(key.strip().encode("utf-8", "replace")).digest()
    async with (await open_pool()).connection() as connection:
        cursor = await connection.execute(
            "SELECT project_id, prefix, scopes FROM traces_apikey "
            "WHERE digest = %s AND revoked_at IS NULL",
            [digest],
        )
        found = await cursor.fetchone()
    if found is None:
        raise Unauthorised("this key is unknown or was revoked")
    project, prefix, scopes = found
    if scope not in scopes and "admin" not in scopes:
        raise Forbidden(f"this key lacks the scope {scope!r}")
    return Sender(project, prefix)
