"""The one clock that leases and commands are measured by.

Web and worker processes may live on hosts whose clocks are a day apart; Postgres is one. So whoever starts an action
of control reads the time here and hands it down.
"""

from __future__ import annotations

from django.db import connection


def read_clock() -> int:
    """Return the database's time, ns since 1970, to the microsecond."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8")
        (microseconds,) = cursor.fetchone()
    return int(microseconds) * 1000
