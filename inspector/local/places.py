"""Where things live below DATA_DIR."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from inspector.local.account import Account, choose_account
from inspector.local.trouble import Trouble

# sockaddr_un holds 107 bytes and a NUL; the longest name that we put into the directory is 18.
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432.lock")
LEAST_FREE_BYTES = 300 * 1024 * 1024
ROOTS_PLACE = Path("/var/lib/deliberation-inspector")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The directories of one instance; all exist, and `cluster` and `sockets` are the account's."""

    data: Path
    cluster: Path
    sockets: Path
    redis: Path
    logs: Path
    account: Account

    @property
    def database_url(self) -> str:
        """The embedded Postgres, over its unix socket."""
        return f"postgres://postgres@/inspector?host={self.sockets}"

    @property
    def redis_socket(self) -> Path:
        """Where the embedded Redis listens."""
        return self.sockets / "redis.sock"

    @property
    def signer_socket(self) -> Path:
        """Where the signer is asked."""
        return self.sockets / "signer.sock"

    @property
    def redis_url(self) -> str:
        """The embedded Redis, over its unix socket."""
        return f"unix://{self.redis_socket}"


def prepare_places(data_dir: Path, *, least_free: int = LEAST_FREE_BYTES) -> Places:
    """Makes the directories; `Trouble` when the disk is nearly full or the place is not ours."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise Trouble(f"{data_dir} may not be written; set DATA_DIR to a place of your own.")
    free = shutil.disk_usage(data_dir).free
    if free < least_free:
        raise Trouble(
            f"The disk is nearly full: {free // 2**20} MB are free below {data_dir},"
            f" {least_free // 2**20} MB are needed. Free some space or set DATA_DIR."
        )
    account = choose_account(data_dir)
    places = Places(
        data=data_dir,
        cluster=_reachable(data_dir / "postgres", account),
        sockets=_socket_directory(data_dir, account),
        redis=data_dir / "redis",
        logs=data_dir / "logs",
        account=account,
    )
    account.own(places.cluster)
    account.own(places.sockets)
    for directory in (places.redis, places.logs):
        directory.mkdir(mode=0o700, exist_ok=True)
    return places


def _reachable(wanted: Path, account: Account) -> Path:
    """`wanted`, or a place of root's choosing when the account cannot get there (below /root)."""
    if account.can_reach(wanted):
        return wanted
    ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return ROOTS_PLACE / _digest(wanted)


def _socket_directory(data_dir: Path, account: Account) -> Path:
    wanted = data_dir / "run"
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_DIRECTORY and account.can_reach(wanted):
        return wanted
    # Shorter than anything below a deep project; 0700 and checked for its owner in `own`.
    return Path(tempfile.gettempdir()) / f"inspector-{os.geteuid()}-{_digest(data_dir)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
