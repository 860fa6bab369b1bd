"""Who looks on at runs that grow, asked with every piece of every page and therefore cheaply: for all at once.

The rules are those of Django's sessions and of `see_run`; whoever is not known here is left to them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare
from psycopg import AsyncConnection

REMEMBERED = 1_000
SESSIONS = """
SELECT session_key, session_data FROM django_session
WHERE session_key = ANY(%s) AND expire_date > now()"""
PEOPLE = """
SELECT id::text, password, username, ARRAY(
  SELECT ARRAY[project_id::text, role] FROM traces_membership WHERE user_id = auth_user.id ORDER BY project_id)
FROM auth_user WHERE id::text = ANY(%s) AND is_active"""
RUNS = "SELECT id, project_id::text, size FROM traces_run WHERE id = ANY(%s) AND size > 0"

Asked = tuple[str, uuid.UUID]
"""The key of a session, and the run that it asks about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Somebody who may see a run: their roles in all projects, how many entries the run has, and who they are.

    Two with the same roles are shown the same of it.
    """

    roles: tuple[tuple[str, str], ...]
    run_size: int
    by: str


async def find_onlookers(
    connection: AsyncConnection[Any], asked: Collection[Asked]
) -> dict[Asked, Onlooker]:
    """Return those who are signed in and may see the run that they ask about; the others are left out."""
    sessions = await _read(connection, SESSIONS, {session for session, _ in asked})
    told = {key: _read_session(data) for key, data in sessions}
    people = await _read(connection, PEOPLE, {who for who, _ in told.values()})
    known = {
        key: (tuple((project, role) for project, role in found), f"user:{name}")
        for key, (who, hashed) in told.items()
        for person, password, name, found in people
        if person == who and constant_time_compare(hashed, _hash(password))
    }
    runs = {run: rest for run, *rest in await _read(connection, RUNS, {run for _, run in asked})}
    return {
        (session, run): Onlooker(
            roles=known[session][0], run_size=runs[run][1], by=known[session][1]
        )
        for session, run in asked
        if run in runs and session in known and runs[run][0] in dict(known[session][0])
    }


async def _read(connection: AsyncConnection[Any], statement: str, keys: set[Any]) -> list[Any]:
    return await (await connection.execute(statement, [list(keys)])).fetchall() if keys else []


@lru_cache(REMEMBERED)
def _read_session(data: str) -> tuple[str, str]:
    """Whom a session is for, and the hash that proves that their password is still the one it was made with."""
    told: Mapping[str, str] = SessionStore().decode(data)
    if told.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return "", ""
    return told.get(SESSION_KEY, ""), told.get(HASH_SESSION_KEY, "")


@lru_cache(REMEMBERED)
def _hash(password: str) -> str:
    hashed: str = get_user_model()(password=password).get_session_auth_hash()
    return hashed
