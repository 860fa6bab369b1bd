"""Fetch public logs from where they were published. What arrives is what its SHA-256 says, or is thrown away.

A file takes its place in one step, when it is whole and right: who dies before has fetched nothing.
"""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from pathlib import Path

from ingest.selfcheck.logs import Log

HOST = "https://raw.githubusercontent.com/"
SECONDS = 60
MAX_BYTES = 64 * 1024 * 1024


class NotFetched(Exception):
    """A file that could not be fetched; the message says why."""


def download(log: Log, into: Path, host: str = HOST) -> Path:
    """Fetch one file to its name below a folder, and return its path. Raises NotFetched."""
    if log.address is None:
        raise NotFetched(f"{log.name}: no repository has it")
    path = into / log.name
    try:
        with urllib.request.urlopen(host + log.address, timeout=SECONDS) as answer:  # noqa: S310 - an address of ours
            body = answer.read(MAX_BYTES + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise NotFetched(f"{log.name}: {error}") from error
    found = hashlib.sha256(body).hexdigest()
    if len(body) > MAX_BYTES or found != log.sha256:
        raise NotFetched(f"{log.name}: what came is another file (SHA-256 {found})")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(body)
    beside.replace(path)
    return path
