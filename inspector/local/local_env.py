"""The files that say where the instance is: `local.env` for people, `embedded.env` for manage.py.

Both hold secrets (mode 0600); both keep their secrets over restarts, so that a shell which sourced
`local.env` yesterday, and a browser that is signed in, go on working.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.env import read_assignments

LOCAL = "local.env"
EMBEDDED = "embedded.env"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The key of project "default", the token of the sign-in link, and Django's SECRET_KEY."""

    key: str
    sign_in_token: str
    secret_key: str


def keep_secrets(data_dir: Path) -> Secrets:
    """Those of the start before this one; new ones where there are none."""
    local = read_assignments(data_dir / LOCAL)
    embedded = read_assignments(data_dir / EMBEDDED)
    _, _, token = local.get("INSPECTOR_SIGN_IN", "").rpartition("/")
    return Secrets(
        key=local.get("INSPECTOR_KEY") or f"ins_{secrets.token_urlsafe(32)}",
        sign_in_token=token or secrets.token_urlsafe(24),
        secret_key=embedded.get("SECRET_KEY") or secrets.token_urlsafe(48),
    )


def write_local_env(data_dir: Path, *, url: str, kept: Secrets) -> None:
    """What `. .data/local.env` gives a newcomer's shell, and every program started from it.

    The last line exports the rest. It is an assignment too, so that whoever reads the file line by
    line, splitting at "=", meets nothing else.
    """
    assignments = {
        "INSPECTOR_URL": url,
        "INSPECTOR_KEY": kept.key,
        "INSPECTOR_SIGN_IN": sign_in_link(url, kept),
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{kept.key}",
    }
    assignments["INSPECTOR_EXPORTED"] = f"yes; export {' '.join(assignments)}"
    _write(data_dir / LOCAL, assignments)


def write_embedded_env(data_dir: Path, assignments: Mapping[str, str]) -> None:
    """What lets `manage.py` in another terminal find the running Postgres, Redis and signer."""
    _write(data_dir / EMBEDDED, assignments)


def sign_in_link(url: str, kept: Secrets) -> str:
    """Signs a browser in as the local admin."""
    return f"{url}/sign-in/{kept.sign_in_token}"


def _write(path: Path, assignments: Mapping[str, str]) -> None:
    """Whole or not at all: a reader never meets half a file."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in assignments.items())
    partial.replace(path)
