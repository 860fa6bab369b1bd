"""A whole JSON file as plain values, with every decimal as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ingest.importers.base import NotImportable

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of a log that must be read whole; in memory it takes several times as much."""


def read_bytes(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """Return a file's bytes. Raises `NotImportable` when it cannot be opened or is beyond the limit."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise NotImportable(path, f"cannot be opened: {error.strerror or error}") from None
    if len(data) > limit:
        raise NotImportable(path, f"has more than {limit} bytes")
    return data


def parse_json(path: Path, data: bytes) -> Any:
    """Return the JSON value; numbers with a point or exponent are `Decimal`. Raises `NotImportable`."""
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise NotImportable(path, f"is not JSON: {str(error)[:120]}") from None


def names_of_runs(data: bytes) -> Callable[[int], str]:
    """Return index → the name of the run there, in a file of these bytes: the same file, the same names."""
    digest = blake2b(data, digest_size=16).digest()
    return lambda index: f"import:{blake2b(digest + b'#%d' % index, digest_size=16).hexdigest()}"


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
