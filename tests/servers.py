"""A Postgres and a Redis of the suite's own, started when the first test needs them.

The addresses are known before anything runs, so settings can be read first. Nothing is durable:
the files live in memory where there is room, and go when the suite ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg

from inspector.local.children import Child, Starter
from inspector.local.places import Places, prepare_places
from inspector.local.stores import start_postgres, start_redis

ROOM = 2 * 2**30
MEMORY = Path("/dev/shm")


@cache
def places() -> Places:
    """Where both live: in memory, or else in the usual place for temporary files."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    roomy = roomy and shutil.disk_usage(MEMORY).free > ROOM
    parent = MEMORY if roomy else Path(tempfile.gettempdir())
    place = parent / f"inspector-tests-{os.getpid()}"
    atexit.register(_leave, place, os.getpid())
    return prepare_places(place)


@cache
def run_postgres() -> None:
    """Started once; it forgets everything when it falls (fsync is off)."""
    _stop_at_exit(start_postgres(Starter(), places(), durable=False))


@cache
def run_redis() -> None:
    """Started once."""
    _stop_at_exit(start_redis(Starter(), places(), durable=False))


def end_sessions() -> None:
    """Disconnects everyone from the databases of the tests."""
    maintenance = f"host={places().sockets} user=postgres dbname=postgres"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'"
        )


def _stop_at_exit(child: Child) -> None:
    atexit.register(_stop, child, os.getpid())


def _stop(child: Child, owner: int) -> None:
    if os.getpid() != owner:
        return
    child.ask_to_stop()
    child.wait(10)
    child.kill_session()


def _leave(place: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(place, ignore_errors=True)
