"""The statements of `inbox.sql`, by name: SQL is kept as SQL, where it can be read and explained."""

from __future__ import annotations

import re
from pathlib import Path

_HEADING = re.compile(r"^-- (\w+): .*$", re.MULTILINE)


def _load(path: Path) -> dict[str, str]:
    pieces = _HEADING.split(path.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


INBOX = _load(Path(__file__).with_name("inbox.sql"))
