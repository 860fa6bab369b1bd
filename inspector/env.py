"""Typed readers for environment variables, and for the addresses that they carry.

A value that cannot be read is an `ImproperlyConfigured` that names the variable and the value, so a
typo is told before anything starts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


_written: dict[str, str] = {}


def text(name: str, default: str = "") -> str:
    """The variable, stripped; else what the running instance wrote; else `default`."""
    return os.environ.get(name, "").strip() or _written.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off, in any case."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no; use 1 or 0.")


def whole(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number of at least {least}.")
    return int(value)


def names(name: str, default: list[str]) -> list[str]:
    """A list separated by commas or blanks."""
    return text(name).replace(",", " ").split() or default


def read_assignments(path: Path) -> dict[str, str]:
    """`NAME=value` lines of a file that we wrote ourselves; nothing when there is no such file."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def fall_back_on(path: Path) -> None:
    """Lets a file stand in for variables that the caller did not set, in this process only."""
    _written.update(read_assignments(path))


def database(url: str, *, pooled: bool) -> dict[str, Any]:
    """`postgres://user:password@host:port/name?option=…` as an entry of Django's DATABASES.

    `?host=/directory` names a unix socket. `pooled` is for processes that serve requests from many
    short-lived threads: there a connection kept by a thread is a connection lost.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ImproperlyConfigured(
            f"DATABASE_URL={url!r} is not of the form postgres://user:password@host:5432/name."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(parts.hostname or ""))
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 0 if pooled else 600,
        # Kept or pooled: a Postgres that was restarted leaves dead connections behind.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def redis_client_url(url: str) -> str:
    """The address as the Redis client spells it: a unix socket is `unix:///path`."""
    return "unix://" + url.removeprefix("redis+socket://") if _is_socket(url) else url


def redis_broker_url(url: str) -> str:
    """The address as Celery's transport spells it: a unix socket is `redis+socket:///path`."""
    return "redis+socket://" + url.removeprefix("unix://") if url.startswith("unix://") else url


def _is_socket(url: str) -> bool:
    return url.startswith("redis+socket://")
