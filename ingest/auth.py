"""Keys of machines at the door."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.credentials import keys_in
from ingest.pool import open_pool
from traces.models.access import USE_TOLD_EVERY

KEYS_SQL = """
    SELECT id, project_id, prefix, scopes, used_at IS NULL OR used_at < now() - %s FROM traces_apikey
    WHERE digest = ANY(%s) AND revoked_at IS NULL ORDER BY array_position(%s, digest)
"""
USE_SQL = """
    UPDATE traces_apikey SET used_at = now()
    WHERE id = %s AND (used_at IS NULL OR used_at < now() - %s)
"""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the project its key belongs to, and the key's first characters."""

    project: int
    key_prefix: str


class Unauthorised(Exception):
    """No key, or none that is known: 401."""


class Forbidden(Exception):
    """A key without the scope that is needed: 403."""


async def authenticate(headers: Mapping[str, str], scope: str) -> Sender:
    """Return the sender behind a request's headers. Raises Unauthorised or Forbidden.

    The key is looked up by its SHA-256 at each request: a revoked key is refused at once, and the time that takes
    tells nothing of the key. Of two keys, the one that has the scope speaks.
    """
    keys = keys_in(headers)
    if not keys:
        raise Unauthorised("send the key as: Authorization: Bearer <key>")
    digests = [hashlib.sha256(key.encode("utf-8", "replace")).digest() for key in keys]
    async with (await open_pool()).connection() as connection:
        cursor = await connection.execute(KEYS_SQL, [USE_TOLD_EVERY, digests, digests])
        found = await cursor.fetchall()
        if not found:
            raise Unauthorised("this key is unknown or was revoked")
        for key, project, prefix, scopes, is_stale in found:
            if scope in scopes or "admin" in scopes:
                if is_stale:
                    await connection.execute(USE_SQL, [key, USE_TOLD_EVERY])
                return Sender(project, prefix)
    raise Forbidden(f"this key lacks the scope {scope!r}")
