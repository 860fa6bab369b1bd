"""The web process's own connections for the machine lane: async, apart from the ORM, opened at first use.

The ORM runs in threads; a body's insert and its key's look-up are two statements and need none.
"""

from __future__ import annotations

from django.db import connections
from psycopg_pool import AsyncConnectionPool

MAX_CONNECTIONS = 8
TIMEOUT_SECONDS = 5.0

_opened: list[AsyncConnectionPool] = []


async def open_pool() -> AsyncConnectionPool:
    """Return the pool of this process."""
    if not _opened:
        pool = AsyncConnectionPool(
            kwargs={**_parameters(), "autocommit": True},
            min_size=1,
            max_size=MAX_CONNECTIONS,
            timeout=TIMEOUT_SECONDS,
            open=False,
            # A Postgres that was restarted leaves dead connections behind; find out before a sender does.
            check=AsyncConnectionPool.check_connection,
        )
        _opened.append(pool)
        await pool.open()
    return _opened[0]


async def close_pool() -> None:
    """Close the pool, if it was opened: Daphne tells applications nothing of its end."""
    while _opened:
        await _opened.pop().close()


def _parameters() -> dict[str, object]:
    # Django's translation of DATABASES to psycopg's keywords, less what only its own cursors understand.
    parameters = connections["default"].get_connection_params()
    for ours in ("cursor_factory", "context", "pool", "server_side_binding", "prepare_threshold"):
        parameters.pop(ours, None)
    return parameters
