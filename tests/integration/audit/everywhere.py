"""Where a word stands: in any column of any table, as text or as bytes, in files under DATA_DIR, in Redis."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r'"""


def tables_with(word: str) -> list[str]:
    """The tables of which a dump would show the word: plain, or within bytes, which are dumped as hex."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {name} AS row WHERE position(%s in row::text) > 0"
                " OR position(%s in row::text) > 0)",
                [word, word.encode().hex()],
            )
            if cursor.fetchone()[0]:
                found.append(name)
    return sorted(found)


def files_with(word: str) -> list[str]:
    """The files of this installation that hold the word; those of Postgres itself are looked into by `tables_with`."""
    return sorted(
        str(path)
        for path in settings.DATA_DIR.rglob("*")
        if path.is_file()
        and "postgres" not in path.relative_to(settings.DATA_DIR).parts[0]
        and word.encode() in path.read_bytes()
    )
