"""Rows with many bytes, fetched in Postgres' binary form: as text each byte travels as two hex digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor


def fetch_binary(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return all rows of a query; bytea as `bytes`. Raises Django's database errors, as other queries do."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(query, parameters, binary=True).fetchall()
