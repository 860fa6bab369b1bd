"""Make the monthly partitions of the large tables, ahead of time."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

TABLES = (
    "traces_node",
    "traces_candidate",
    "traces_verdict",
    "traces_edge",
    "traces_link",
    "traces_resource",
    "traces_ledgerentry",
    "traces_ledgerpart",
)
MONTHS_AHEAD = 3
INLINE_ROW_BYTES = 8160  # rows of usual spans stay in the heap: one write each, none to TOAST
ADVISORY_LOCK = 0x64656C69  # one maker at a time, or two would race for the same name


def make_partitions(*, today: dt.date) -> list[str]:
    """Create the partitions of this month and the next three where they are missing; return their names.

    A run id is a UUIDv7, whose first 48 bits are milliseconds since 1970, so a month is a range of ids. Ids from
    outside every made month (a producer with a broken clock) go to the default partition and are not lost; when
    their month comes, they move into its partition.
    """
    made: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            for month in _months(today):
                for table in TABLES:
                    made += _make(cursor, table, month)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    return made


def first_id_of(month: dt.date) -> str:
    """Return the least UUIDv7 of the month, as text."""
    start = dt.datetime(month.year, month.month, 1, tzinfo=dt.UTC)
    digits = f"{int(start.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-0000-0000-000000000000"


def _months(today: dt.date) -> list[dt.date]:
    first = today.replace(day=1)
    months = [first]
    for _ in range(MONTHS_AHEAD):
        months.append((months[-1] + dt.timedelta(days=32)).replace(day=1))
    return months


def _make(cursor: CursorWrapper, table: str, month: dt.date) -> list[str]:
    name = f"{table}_{month:%Y_%m}"
    after = (month + dt.timedelta(days=32)).replace(day=1)
    cursor.execute("SELECT to_regclass(%s)", [name])
    if cursor.fetchone()[0] is not None:
        return []
    ids = (first_id_of(month), first_id_of(after))
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM {table}_other WHERE run_id >= %s AND run_id < %s)", ids
    )
    with transaction.atomic():
        if cursor.fetchone()[0]:
            _make_from_strays(cursor, table, name, ids)
        else:
            cursor.execute(
                f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{ids[0]}') TO ('{ids[1]}') "
                f"WITH (toast_tuple_target = {INLINE_ROW_BYTES})"
            )
    return [name]


def _make_from_strays(cursor: CursorWrapper, table: str, name: str, ids: tuple[str, str]) -> None:
    # Postgres makes no partition of rows that lie in the default one; without this, one run with a clock that runs
    # ahead would keep its month, and all months after it, from ever getting one.
    cursor.execute(f"LOCK TABLE {table}_other IN ACCESS EXCLUSIVE MODE")
    cursor.execute(
        f"CREATE TABLE {name} (LIKE {table} INCLUDING STORAGE INCLUDING DEFAULTS) "
        f"WITH (toast_tuple_target = {INLINE_ROW_BYTES})"
    )
    cursor.execute(
        f"WITH strays AS (DELETE FROM {table}_other WHERE run_id >= %s AND run_id < %s RETURNING *) "
        f"INSERT INTO {name} SELECT * FROM strays",
        ids,
    )
    cursor.execute(
        f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{ids[0]}') TO ('{ids[1]}')"
    )
