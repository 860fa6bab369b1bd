"""Facts in words. What reporters wrote stays as they wrote it."""

from __future__ import annotations

from collections.abc import Iterable


def plain(word: object) -> str:
    """Return a word of a vocabulary as people write it."""
    return str(word).replace("_", " ")


def counted(count: int, what: str) -> str:
    """Return "1 call", "2 calls"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def listed(items: Iterable[str]) -> str:
    """Return items with commas between them."""
    return ", ".join(items)


def seconds(nanoseconds: int) -> str:
    """Return a span of time in seconds, to a tenth."""
    return f"{nanoseconds / 1e9:,.1f} s"
