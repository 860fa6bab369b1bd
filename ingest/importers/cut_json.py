"""A JSON file that may end in the middle: whoever wrote it was killed, or the disk was full.

What stands before the cut is read: the text is cut back to the last value that is complete, and every bracket that is
open there is closed.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.importers.base import NotImportable
from ingest.importers.json_file import parse_json

MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},"]', re.DOTALL)
"""A whole string, or a mark of structure; a quotation mark alone begins a string that never ends."""
CLOSING = {"[": "]", "{": "}"}
CUT = "the file ends in the middle: what stands before the cut was read"


def parse_whole_or_cut(path: Path, data: bytes) -> tuple[Any, bool]:
    """Return the value, and True when the file was cut short. Raises `NotImportable` when it is not JSON."""
    try:
        return parse_json(path, data), False
    except NotImportable:
        text = _closed(data.decode("utf-8", "replace"))
        if text is None:
            raise
        try:
            return json.loads(text, parse_float=Decimal), True
        except (ValueError, RecursionError, ArithmeticError):
            pass
        raise


def _closed(text: str) -> str | None:
    """Return the text up to its last complete value with its brackets closed; None where none is open."""
    open_brackets: list[str] = []
    end = 0
    for found in MARK.finditer(text):
        mark = found[0]
        if mark == '"':
            break
        if mark in CLOSING:
            open_brackets.append(CLOSING[mark])
        elif open_brackets and mark == open_brackets[-1]:
            open_brackets.pop()
        elif mark != ",":
            continue
        end = found.start() if mark == "," else found.end()
    return text[:end] + "".join(reversed(open_brackets)) if open_brackets else None
