"""A YAML list of records, each value as the text that stands in the file: `3.10` is no number, and 0.3236 is exact.

Nothing is constructed: tags are not followed, and aliases, by which a small file grows beyond all bounds, are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ingest.importers.base import NotImportable
from ingest.importers.json_file import read_bytes

MAX_YAML_BYTES = 4 * 1024 * 1024
"""Of a file that is read whole; a leaderboard has 50 KB."""
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_rows(path: Path) -> list[Mapping[str, Any]]:
    """Return the records. Raises `NotImportable` where the file is not YAML, or is no list of records."""
    data = read_bytes(path, MAX_YAML_BYTES)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=LOADER)):
            raise NotImportable(path, "has YAML aliases, which are not followed")
        rows = yaml.load(data, Loader=LOADER)  # noqa: S506 - makes texts, lists and mappings alone
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NotImportable(path, f"is not YAML: {_place_of(error)}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotImportable(path, "is not a YAML list of records")
    return rows


def _place_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {problem}"[:200] if mark else str(problem)[:200]
