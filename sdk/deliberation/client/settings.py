"""What a client can be told, with its bounds by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

MAX_BATCH_EVENTS = 512
MAX_BATCH_BYTES = 1024 * 1024
MAX_PART_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one client reports. Sizes are in bytes, times in seconds.

    Without `url` or without `key` the client is disabled: scopes work, nothing is recorded and
    nothing is sent. `spool` is the directory that keeps what could not be sent; None keeps nothing
    on disk. `supervisor` is the socket of the `deliberation exec` that owns this process.
    """

    url: str | None = None
    key: str | None = field(default=None, repr=False)
    spool: Path | None = None
    spool_bytes: int = 64 * 1024 * 1024
    segment_bytes: int = MAX_BATCH_BYTES
    buffer_events: int = 50_000
    buffer_bytes: int = 32 * 1024 * 1024
    batch_events: int = MAX_BATCH_EVENTS
    batch_bytes: int = MAX_BATCH_BYTES
    interval: float = 0.05
    timeout: float = 10.0
    exit_seconds: float = 2.0
    retry_first: float = 0.2
    retry_most: float = 30.0
    heads_file: Path | None = None
    lease_seconds: float = 15.0
    supervisor: str | None = None

    @property
    def enabled(self) -> bool:
        """True when there is a server to report to."""
        return bool(self.url and self.key)


def settings_from(
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    key: str | None = None,
    spool: str | os.PathLike[str] | bool | None = None,
    heads_file: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    exit_seconds: float | None = None,
    spool_bytes: int | None = None,
    buffer_events: int | None = None,
) -> Settings:
    """Return the settings: what is given, else the environment, else the default.

    The environment's names are `INSPECTOR_URL`, `INSPECTOR_KEY`, `INSPECTOR_SPOOL` (a directory, or
    `off`) and `INSPECTOR_HEADS_FILE`.
    """
    url = url or environ.get("INSPECTOR_URL") or None
    key = key or environ.get("INSPECTOR_KEY") or None
    heads = heads_file or environ.get("INSPECTOR_HEADS_FILE") or None
    bounds = {
        "timeout": timeout,
        "exit_seconds": exit_seconds,
        "spool_bytes": spool_bytes,
        "buffer_events": buffer_events,
    }
    return Settings(
        url=url.rstrip("/") if url else None,
        key=key.strip() if key else None,
        spool=_spool_directory(environ, spool, url, key),
        heads_file=Path(heads) if heads else None,
        supervisor=environ.get("INSPECTOR_SUPERVISOR") or None,
        **{name: bound for name, bound in bounds.items() if bound is not None},  # type: ignore[arg-type]
    )


def _spool_directory(
    environ: Mapping[str, str],
    given: str | os.PathLike[str] | bool | None,
    url: str | None,
    key: str | None,
) -> Path | None:
    if given is None or given is True:
        given = environ.get("INSPECTOR_SPOOL") or _state_home(environ) / "deliberation" / "spool"
    if given is False or str(given).lower() in ("off", "0", "no", "false"):
        return None
    # One directory per server and key: what was meant for one project is never sent to another.
    return Path(given) / sha256(f"{url}\x00{key}".encode()).hexdigest()[:16]


def _state_home(environ: Mapping[str, str]) -> Path:
    given = environ.get("XDG_STATE_HOME")
    return Path(given) if given else Path(os.path.expanduser("~")) / ".local" / "state"  # noqa: PTH111 - never raises
