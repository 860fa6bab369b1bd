"""What the signer remembers: the last head it signed of each log, and how often each key signed.

SQLite with `synchronous = EXTRA`: when a transaction has committed it is on disk, file and directory, and a crash at
any place leaves all of it or nothing. A head is remembered before it is signed, so that whatever was signed is known.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from traces.signer.keys import Unusable

TABLES = """
CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS key (
    line TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER, signed INTEGER NOT NULL DEFAULT 0
);
"""


@dataclass(frozen=True, slots=True)
class Head:
    """A log as it was when it was signed last."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key's public half, when it began and ended to sign (ns since 1970), and how many signatures it made."""

    line: str
    since: int
    until: int | None
    signed: int


class Memory:
    """The file. One thread at a time; `writing` gives a transaction."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._file.execute("PRAGMA journal_mode = DELETE")
            self._file.execute("PRAGMA synchronous = EXTRA")
            self._file.executescript(TABLES)
            (sound,) = self._file.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise Unusable(f"{path} is damaged ({error}): bring it back from a backup") from None
        if sound != "ok":
            raise Unusable(f"{path} is damaged ({sound}): bring it back from a backup")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction: on disk when the block is left, undone when it raises."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._file.execute("COMMIT")
        except BaseException:
            if self._file.in_transaction:  # a full disk may have ended it already
                self._file.execute("ROLLBACK")
            raise

    def head(self, origin: str) -> Head | None:
        """Return the last head of a log, None for one that was never signed."""
        row = self._file.execute(
            "SELECT size, root FROM head WHERE origin = ?", (origin,)
        ).fetchone()
        return Head(*row) if row else None

    def remember(self, origin: str, head: Head) -> None:
        """Put a head in the place of the one before."""
        self._file.execute(
            "INSERT INTO head VALUES (?, ?, ?)"
            " ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root",
            (origin, head.size, head.root),
        )

    def logs(self) -> int:
        """Return how many logs were ever signed."""
        (count,) = self._file.execute("SELECT count(*) FROM head").fetchone()
        return int(count)

    def key_records(self) -> list[KeyRecord]:
        """Return all keys that ever signed, oldest first."""
        rows = self._file.execute("SELECT line, since, until, signed FROM key ORDER BY since, line")
        return [KeyRecord(*row) for row in rows]

    def begin_key(self, line: str, now_ns: int) -> None:
        """Note that a key signs from now on; nothing happens to one that is known."""
        self._file.execute(
            "INSERT INTO key (line, since) VALUES (?, ?) ON CONFLICT DO NOTHING", (line, now_ns)
        )

    def forget_keys(self) -> None:
        """Forget keys that never came to sign."""
        self._file.execute("DELETE FROM key WHERE signed = 0")

    def end_key(self, line: str, now_ns: int) -> None:
        """Note that a key signs no longer."""
        self._file.execute(
            "UPDATE key SET until = ? WHERE line = ? AND until IS NULL", (now_ns, line)
        )

    def count(self, lines: list[str], signatures: int) -> None:
        """Count signatures of these keys."""
        self._file.executemany(
            "UPDATE key SET signed = signed + ? WHERE line = ?",
            [(signatures, line) for line in lines],
        )
